"""What is wrong in an index folder: its index, its conversations and its calibration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.confidence import CALIBRATION_FILE, Calibration
from assistant.conversation.conversations import Conversations
from index.database.places import CONVERSATIONS, place_of
from index.errors import CalibrationError, IndexDamagedError, IndexFolderError
from index.store import Store
from index.store.caching import FileCaches
from index.store.searches import Opener


def examine(
    folder: Path, catalogue: str = "", *, searches: Opener = FileCaches
) -> tuple[list[str], list[str]]:
    """Check an index folder.

    Args:
        folder: The index folder.
        catalogue: URL of its catalogue; "" for files in the folder.
        searches: What keeps the searches.

    Returns:
        What is broken, and what only lags behind, a line each.

    Raises:
        IndexMissingError: There is no index.
        IndexVersionError: It has another format.
    """
    problems: list[str] = []
    notes: list[str] = []
    try:
        with Store.open(
            folder, embedder_name=None, catalogue=catalogue, searches=searches
        ) as store:
            problems += store.verify()
            notes += store.notes()
    except IndexDamagedError as error:
        problems.append(str(error))
    problems += [*_conversation_problems(folder, catalogue), *_calibration_problems(folder)]
    return problems, notes


def _conversation_problems(folder: Path, catalogue: str) -> Iterator[str]:
    place = place_of(CONVERSATIONS, folder, catalogue)
    if isinstance(place, Path) and not place.exists():
        return
    try:
        with closing(Conversations(folder, catalogue)) as conversations:
            yield from conversations.problems()
    except IndexFolderError as error:
        yield str(error)


def _calibration_problems(folder: Path) -> Iterator[str]:
    try:
        if (folder / CALIBRATION_FILE).exists():
            Calibration.load(folder / CALIBRATION_FILE)
    except CalibrationError as error:
        yield str(error)
