from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from time import sleep

import pytest

from assistant.answering import Assistant
from assistant.records import Span
from assistant.suggester import Suggester, Suggestions
from index.errors import ReaderError
from index.ingest import index
from index.records import Hit
from index.store import Store
from tests.assistant.known_answers import KnownAnswers
from tests.waiting import wait_until

PIER = "When was the Harwick pier opened?"
BRIDGE = "When was the Alba bridge opened?"
ANSWERS = {PIER: ("12 June 1861", 2.0), BRIDGE: ("4 May 1931", 2.0)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour"
    folder.mkdir()
    (folder / "pier.txt").write_text("The Harwick pier was opened on 12 June 1861.\n")
    return folder


@pytest.fixture
def store(tmp_path: Path, folder: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "index", embedder_name=None, create=True) as store:
        list(index(store, [folder], embedder=None))
        yield store


class Gated(KnownAnswers):
    """Answers nothing before the gate is opened."""

    def __init__(self) -> None:
        super().__init__(ANSWERS)
        self.gate = Event()

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        assert self.gate.wait(60)
        return super().read(question, hits, idf)


class Failing(KnownAnswers):
    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        raise ReaderError("the weights are gone")


def wait_for(suggester: Suggester) -> Suggestions:
    """Ask for suggestions until they are found."""
    wait_until(lambda: not suggester.suggestions().pending)
    return suggester.suggestions()


def asked(suggestions: Suggestions) -> list[str]:
    return [one.question for one in suggestions.questions]


def test_suggestions_are_pending_until_they_are_found(store: Store) -> None:
    reader = Gated()
    with closing(Suggester(Assistant(store, None, reader))) as suggester:
        for _ in range(3):
            assert suggester.suggestions() == Suggestions((), 0, pending=True)
        reader.gate.set()
        found = wait_for(suggester)
        assert (asked(found), found.generation) == ([PIER], store.generation)
        assert reader.asked == [PIER]


def test_they_are_found_once_for_a_generation(store: Store) -> None:
    reader = KnownAnswers(ANSWERS)
    with closing(Suggester(Assistant(store, None, reader))) as suggester:
        assert wait_for(suggester) == wait_for(suggester)
        assert reader.asked == [PIER]


def test_they_are_found_anew_when_the_index_has_changed(store: Store, folder: Path) -> None:
    reader = Gated()
    reader.gate.set()
    with closing(Suggester(Assistant(store, None, reader))) as suggester:
        before = wait_for(suggester)
        reader.gate.clear()
        (folder / "bridge.txt").write_text("The Alba bridge was opened on 4 May 1931.\n")
        list(index(store, [folder], embedder=None))
        meanwhile = suggester.suggestions()
        assert (meanwhile.questions, meanwhile.pending) == (before.questions, True)
        reader.gate.set()
        after = wait_for(suggester)
        assert sorted(asked(after)) == [BRIDGE, PIER]
        assert after.generation == store.generation > before.generation


def test_whoever_asks_goes_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.suggester._QUIET", 60.0)
    reader = KnownAnswers(ANSWERS)
    with closing(Suggester(Assistant(store, None, reader))) as suggester:
        suggester.give_way()
        suggester.suggestions()
        sleep(0.5)  # in which it would have asked
    assert reader.asked == []


def test_nothing_is_looked_for_once_it_is_closed(store: Store) -> None:
    reader = KnownAnswers(ANSWERS)
    suggester = Suggester(Assistant(store, None, reader))
    suggester.close()
    for _ in range(2):
        assert suggester.suggestions() == Suggestions((), 0, pending=True)
        suggester.close()
    assert reader.asked == []


def test_a_failure_is_told_and_suggests_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Suggester(Assistant(store, None, Failing(ANSWERS)))) as suggester:
        assert wait_for(suggester) == Suggestions((), store.generation, pending=False)
    assert "no questions are suggested: the weights are gone" in caplog.text
