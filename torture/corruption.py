"""Damage to the files of an index: found, mended or without effect, and never cited."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from assistant.answering import Assistant
from assistant.confidence import CALIBRATION_FILE, Calibration, fit
from assistant.conversation.conversations import CONVERSATIONS_FILE, Conversations
from assistant.records import Answer, Question
from index.errors import AssistantError
from index.store import Store
from torture.checking import Versions, miscited
from torture.corpus import Corpus, questions
from torture.damages import damage
from torture.forking import Forked, ask, command
from torture.models import HashingEmbedder, SharedWordsReader
from torture.tally import Tally

_FILES = 60
_QUESTIONS = 12
_REMEDIES = ("doctor", "copy", "delete", "again", "make")  # one of which every refusal names
_NEVER_REPAIRED = (CONVERSATIONS_FILE, CALIBRATION_FILE)


@dataclass(frozen=True, slots=True)
class Healthy:
    """An index that nobody has damaged, and what it answers.

    Attributes:
        folder: It, as a killed writer leaves it.
        older: It, as it was some commits before.
        other: Another index of the same size.
        corpus: Its documents.
        questions: What it is asked.
        outcome: What it answers.
        notes: What doctor notes of it.
    """

    folder: Path
    older: Path
    other: Path
    corpus: Corpus
    questions: list[str]
    outcome: dict[str, Any]
    notes: list[str]


def run(*, seed: int, runs: int = 200) -> bool:
    """Damage copies of an index; return whether each damage was found or did nothing.

    Args:
        seed: What repeats it.
        runs: How many.
    """
    tally, chance = Tally("corruption", seed), Random(seed)
    with TemporaryDirectory() as place:
        healthy = _healthy(Path(place), chance)
        for number in tally.rounds(runs):
            folder = Path(place) / f"{number}"
            shutil.copytree(healthy.folder, folder)
            harm = damage(folder, [healthy.older, healthy.other], chance)
            tally.broken(f"{number}: {harm}", _faults(folder, healthy, tally))
            shutil.rmtree(folder)
    return tally.close()


def _healthy(place: Path, chance: Random) -> Healthy:
    corpus = Corpus(place / "documents", chance, files=_FILES)
    folder, older, other = (place / name for name in ("healthy", "older", "other"))
    for name in (folder, other):
        corpus.change(_FILES, removing=0)
        _index(name, corpus, place)
    _index(folder, corpus, place)
    asked = questions(chance, _QUESTIONS)
    ask(lambda: _keep_beside(folder, asked))
    shutil.copytree(folder, older)
    corpus.change(_FILES // 3)
    # The last commits are left where a killed writer leaves them, in the log.
    Forked(lambda pipe: _index_and_die(folder, corpus.folder)).wait()
    copy = Path(shutil.copytree(folder, place / "used"))  # closing it would empty the log
    used = ask(lambda: _use(copy, asked, {}))
    _, found = _doctor(copy, place / "errors.txt")
    return Healthy(folder, older, other, corpus, asked, used, found["notes"])


def _index(folder: Path, corpus: Corpus, place: Path) -> int:
    where = [str(corpus.folder), "--index", str(folder)]
    return Forked(command("index", *where, errors=place / "errors.txt")).wait()


def _index_and_die(folder: Path, documents: Path) -> None:
    from index.ingest import index

    embedder = HashingEmbedder()
    store = Store.open(folder, embedder_name=embedder.name)
    for _ in index(store, [documents], embedder=embedder):
        pass
    os._exit(0)


def _keep_beside(folder: Path, asked: list[str]) -> None:
    """Keep a calibration and a few conversations in an index folder."""
    chance = Random(1)
    scores = [chance.gauss(0, 2) for _ in range(100)]
    right = [score + chance.gauss(0, 1) > 0 for score in scores]
    fit(scores, right, reader=SharedWordsReader.name).save(folder / CALIBRATION_FILE)
    embedder = HashingEmbedder()
    with (
        Store.open(folder, embedder_name=embedder.name) as store,
        closing(Conversations(folder)) as conversations,
    ):
        for number, question in enumerate(asked):
            answer = Assistant(store, embedder, SharedWordsReader()).ask(Question(question))
            conversations.add(f"conversation{number % 3}", answer)


def _faults(folder: Path, healthy: Healthy, tally: Tally) -> Iterator[str]:
    """Use, examine and repair a damaged index; yield what must not be."""
    errors = folder.with_name("errors.txt")
    used = ask(lambda: _use(folder, healthy.questions, healthy.corpus.versions))
    if isinstance(used, str):
        yield f"using it: {used}"
        return
    yield from used["miscited"]
    is_same = used["answers"] == healthy.outcome["answers"]
    for name, kept in used["kept"].items():
        if any(reply not in healthy.outcome["kept"][name] for reply in kept):
            yield f"{name}: something is shown that was never kept"
    code, found = _doctor(folder, errors)
    yield from _crude(code, errors, "doctor")
    noted = set(found["notes"]) - set(healthy.notes)
    is_told = bool(code or noted or used["refused"] or used["warned"])
    if not is_same and not is_told:
        yield "other answers, and nobody was told"
    tally.counts[_outcome(used, is_same=is_same, is_told=is_told)] += 1
    for refusal in used["refused"]:
        if "\n" in refusal or not any(remedy in refusal for remedy in _REMEDIES):
            yield f"refused without a remedy: {refusal}"
    yield from _unmended(folder, healthy, errors, code)


def _unmended(folder: Path, healthy: Healthy, errors: Path, code: int) -> Iterator[str]:
    """Repair an index and index again; yield what is not as it was."""
    repaired, _ = _doctor(folder, errors, "--repair")
    yield from _crude(repaired, errors, "doctor --repair")
    for name in _NEVER_REPAIRED:  # as the lines that it wrote say
        _put_aside(folder, name)
    where = [str(healthy.corpus.folder), "--index", str(folder)]
    if Forked(command("index", *where, errors=errors)).wait():
        yield f"indexing after the repair: {errors.read_text().strip()!r}"
        return
    after, found = _doctor(folder, errors)
    if after:
        yield f"after the repair: {found['problems']}"
    used = ask(lambda: _use(folder, healthy.questions, {}))
    if isinstance(used, str) or used["answers"] != healthy.outcome["answers"]:
        yield f"other answers after the repair: {used if isinstance(used, str) else ''}"


def _put_aside(folder: Path, name: str) -> None:
    try:
        if name == CONVERSATIONS_FILE:
            problems = ask(lambda: _conversation_problems(folder))
        else:
            Calibration.load(folder / name)
            problems = []
    except (AssistantError, FileNotFoundError):
        problems = [name]
    if problems:
        for path in folder.glob(f"{name}*"):
            path.unlink()


def _conversation_problems(folder: Path) -> list[str]:
    try:
        with closing(Conversations(folder)) as conversations:
            return conversations.problems()
    except AssistantError as error:
        return [str(error)]


def _outcome(used: Mapping[str, Any], *, is_same: bool, is_told: bool) -> str:
    if used["refused"]:
        return "refused"
    if used["warned"]:
        return "rebuilt"
    if not is_told:
        return "harmless"
    return "found by doctor" if is_same else "found by doctor, with other answers till mended"


def _doctor(folder: Path, errors: Path, *options: str) -> tuple[int, dict[str, list[str]]]:
    line = ["doctor", *options, "--json", "--index", str(folder)]
    process = Forked(command(*line, errors=errors))
    code, told = process.wait(), process.told()
    if not told:
        return code, {"problems": [], "notes": []}
    found: dict[str, list[str]] = json.loads(told[0].replace(str(folder), "INDEX"))
    return code, found


def _crude(code: int, errors: Path, name: str) -> Iterator[str]:
    """Yield what a command said beside one clear line."""
    said = errors.read_text(errors="replace")
    if code not in (0, 1, 2) or "Traceback" in said:
        yield f"{name} ended with {code}: {said[-2000:]}"


def _use(folder: Path, asked: list[str], versions: Versions) -> dict[str, Any]:
    """Ask an index, read its conversations, and note what is refused and warned of."""
    warned = _Warnings()
    logging.getLogger().addHandler(warned)
    refused: list[str] = []
    answers: list[Any] = []
    try:
        embedder = HashingEmbedder()
        with Store.open(folder, embedder_name=embedder.name) as store:
            assistant = Assistant(store, embedder, SharedWordsReader())
            asking = (partial(assistant.ask, Question(question)) for question in asked)
            answers += [_told(one, refused) for one in asking]
    except AssistantError as error:
        refused.append(str(error))
    kept = {name: _told(reading, refused) or [] for name, reading in _beside(folder).items()}
    found = [answer for answer in answers if isinstance(answer, Answer)]
    return {
        "answers": [*map(_gist, answers)],
        "kept": kept,
        "refused": refused,
        "warned": warned.lines,
        "miscited": [line for answer in found for line in miscited(answer, versions)]
        if versions
        else [],
    }


def _beside(folder: Path) -> dict[str, Callable[[], list[Any]]]:
    """Return what reads the files beside the index."""

    def replies() -> list[Any]:
        with closing(Conversations(folder)) as conversations:
            return [
                dict(turn.reply)["citations"]
                for summary in conversations.find()
                for turn in conversations.read(summary.id)[1]
            ]

    def slopes() -> list[Any]:
        path = folder / CALIBRATION_FILE
        return [Calibration.load(path).slope] if path.exists() else []

    return {CONVERSATIONS_FILE: replies, CALIBRATION_FILE: slopes}


def _told(reading: Callable[[], Any], refused: list[str]) -> Any:
    try:
        return reading()
    except AssistantError as error:
        refused.append(str(error))
        return None


def _gist(answer: Answer | None) -> Any:
    """Return what of an answer stays the same when it is asked again."""
    if answer is None:
        return None
    quotes = [[citation.path, citation.sha256, citation.quote] for citation in answer.citations]
    near = [[passage.path, passage.text] for passage in answer.passages]
    return [answer.answer, round(answer.confidence, 6), quotes, near]


class _Warnings(logging.Handler):
    """Keeps what is warned of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())
