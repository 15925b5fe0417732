"""What is wrong in an index folder, and how much of it can be mended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.confidence import CALIBRATION_FILE, Calibration
from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from index.errors import CalibrationError, IndexDamagedError, IndexFolderError
from index.store import Store
from index.store.mending import mend


def examine(folder: Path) -> tuple[list[str], list[str]]:
    """Check an index folder.

    Returns:
        What is broken, and what only lags behind, a line each.

    Raises:
        IndexMissingError: There is no index.
        IndexVersionError: It has another format.
    """
    problems: list[str] = []
    notes: list[str] = []
    try:
        with Store.open(folder, embedder_name=None) as store:
            problems += store.verify()
            notes += store.notes()
    except IndexDamagedError as error:
        problems.append(str(error))
    problems += [*_conversation_problems(folder), *_calibration_problems(folder)]
    return problems, notes


def repair(folder: Path) -> list[str]:
    """Restore what can be; what cannot is still found by ``examine``.

    Returns:
        What was damaged and what became of it, a line each.
    """
    return mend(folder)


def _conversation_problems(folder: Path) -> Iterator[str]:
    if not (folder / CONVERSATIONS_FILE).exists():
        return
    try:
        with closing(Conversations(folder)) as conversations:
            yield from conversations.problems()
    except IndexFolderError as error:
        yield str(error)


def _calibration_problems(folder: Path) -> Iterator[str]:
    try:
        if (folder / CALIBRATION_FILE).exists():
            Calibration.load(folder / CALIBRATION_FILE)
    except CalibrationError as error:
        yield str(error)
