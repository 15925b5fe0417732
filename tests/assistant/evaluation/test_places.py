from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation.places import GoldPlaces
from assistant.records import Citation
from assistant.testsets.corpus import index_corpus
from assistant.testsets.records import CorpusDocument, GoldQuestion
from index.records import Passage, Range
from index.store import Store

FLAG = "Its field is red.\n\nA cross stands in it. Its cross is blue."
RED, BLUE = ((FLAG.index(word), FLAG.index(word) + len(word)) for word in ("red", "blue"))
COLOURS = GoldQuestion("q", "What colours has the flag?", ("Red; blue",), "flag")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, embedder_name=None, create=True) as store:
        list(index_corpus(store, [CorpusDocument("flag", "", FLAG)], None))
        yield store


@pytest.fixture
def places(store: Store) -> GoldPlaces:
    return GoldPlaces(store, {store.documents()[0].id: "flag"})


def passage(store: Store, start: int, end: int) -> Passage:
    """Return a passage from one word to another, as it might be cut."""
    return Passage("p", store.documents()[0].id, start, end, FLAG[start:end], (), ())


def cite(store: Store, quote: str) -> Citation:
    ranges: tuple[Range, ...] = ((FLAG.index(quote), FLAG.index(quote) + len(quote)),)
    return Citation(
        1, store.documents()[0].id, "", "flag", "f", None, (), quote, quote, ranges, "s", ranges,
        "/d", None, "1970-01-01T00:00:00+00:00",
    )  # fmt: skip


def test_a_list_stands_where_all_its_parts_do(places: GoldPlaces, store: Store) -> None:
    assert places.is_extracted(COLOURS)
    assert places.is_in_one_passage(COLOURS)
    assert places.answers(COLOURS, "red and blue")
    assert not places.answers(COLOURS, "red")
    assert not places.is_extracted(replace(COLOURS, answers=("Red; green",)))


def test_a_part_of_a_list_falls_on_its_place(places: GoldPlaces, store: Store) -> None:
    assert places.is_cited(COLOURS, cite(store, "is blue"))
    assert not places.is_cited(COLOURS, cite(store, "A cross"))


def test_a_place_of_several_ranges_is_held_with_all_of_them(
    places: GoldPlaces, store: Store
) -> None:
    together = replace(COLOURS, places=((RED, BLUE),))
    assert places.is_in(together, passage(store, 0, len(FLAG)))
    assert not places.is_in(together, passage(store, 0, RED[1]))
    assert not places.is_in(together, passage(store, RED[1], len(FLAG)))
    assert places.is_cited(together, cite(store, "is blue"))


def test_each_of_several_places_is_enough(places: GoldPlaces, store: Store) -> None:
    either = replace(COLOURS, answers=("red", "blue"), places=((RED,), (BLUE,)))
    assert places.is_in(either, passage(store, 0, RED[1]))
    assert places.is_in(either, passage(store, RED[1], len(FLAG)))
    assert not places.is_in(either, passage(store, RED[1], BLUE[0]))
