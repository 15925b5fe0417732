from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from index.catalogue import Catalogue
from index.catalogue.entries import Entry, Stamp
from index.catalogue.tables import pack, unpack
from index.errors import (
    IndexDamagedError,
    UnknownDocumentError,
)
from tests.index.tiny import tiny_document, tiny_passage

_DURABLE_SQLITE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2 is FULL
_DURABLE_POSTGRESQL = {"synchronous_commit": "on", "transaction_isolation": "repeatable read"}
only_sqlite = pytest.mark.parametrize("catalogue_url", [""])

ROME = tiny_document("rome.txt", "Rome\0. The council met.", title="Rome")
KABUL = tiny_document("south/kabul.txt", "The mission ended.")


def entry_of(*, vectors: list[list[float]] | None = None, stamp: Stamp | None = None) -> Entry:
    passages = (tiny_passage(ROME, 0, 6), tiny_passage(ROME, 7, 23))
    embedded = np.array(vectors, dtype=np.float32) if vectors else None
    return Entry(ROME, passages, embedded, stamp or Stamp(23, 1, 2, 3))


def test_document_comes_back_as_it_was_committed(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue.reading() as rows:
        assert rows.document(ROME.id) == ROME
        assert rows.passages_of(ROME.id) == entry_of().passages


def test_vectors_and_texts_are_read_by_the_generation_they_came_with(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of(vectors=[[1, 0], [0, 1]]))
    with catalogue.writing() as changes:
        changes.put(Entry(KABUL, (tiny_passage(KABUL, 0, 18),), np.ones((1, 2), np.float32)))
    with catalogue.reading() as rows:
        assert rows.state.generation == 3
        [(numbers, vectors)] = rows.vectors_since(1)
        assert numbers.tolist() == [1, 2, 3]
        assert vectors.tolist() == [[1, 0], [0, 1], [1, 1]]
        [(numbers, texts)] = rows.texts_since(2)
        assert (numbers.tolist(), texts) == ([3], ["Part > One\nThe mission ended."])
        assert list(rows.texts_since(3)) == []


def test_any_characters_come_back_and_are_found_by(catalogue: Catalogue) -> None:
    odd = tiny_document("a.txt", "Rome\0. \x1b0 \U0001f600", title="\0\x1b0\x1b\x1b\0")
    odd = replace(odd, metadata={"author": "A\0\x1b"}, published="\0")
    passage = replace(tiny_passage(odd, 0, 6), section=("Part\0", "\x1b"))
    with catalogue.writing() as changes:
        changes.put(Entry(odd, (passage,), None))
    with catalogue.reading() as rows:
        assert rows.document(odd.id) == odd
        assert rows.passages_of(odd.id) == (passage,)
        assert rows.document_ids("no\0tes") == ()
        with pytest.raises(UnknownDocumentError):
            rows.document("\0")


def test_documents_are_listed_by_code_points(catalogue: Catalogue) -> None:
    names = ["B.txt", "a.txt", "a b.txt", "ä.txt", "Z/a.txt", "_.txt"]
    with catalogue.writing() as changes:
        changes.put(*(Entry(tiny_document(name, name), (), None) for name in names))
    with catalogue.reading() as rows:
        assert [summary.path for summary in rows.documents()] == sorted(names)


def test_searched_text_begins_with_title_and_headings(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue.reading() as rows:
        [(_, texts)] = rows.texts_since(0)
    assert texts == ["Rome > Part > One\nRome\0.", "Rome > Part > One\nThe council met."]


def test_passage_number_is_never_given_twice(catalogue: Catalogue) -> None:
    for _ in range(2):
        with catalogue.writing() as changes:
            changes.put(entry_of())
        with catalogue.writing() as changes:
            changes.remove([ROME.id])
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue.reading() as rows:
        assert sorted(rows.passages(range(10))) == [5, 6]


def test_removed_numbers_are_those_a_cache_of_that_generation_holds(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:  # generation 2
        changes.put(entry_of())
    with catalogue.writing() as changes:  # 3: two go, two come
        changes.put(entry_of())
    with catalogue.writing() as changes:  # 4
        changes.remove([ROME.id])
    with catalogue.reading() as rows:
        assert rows.removed_since(1).tolist() == []
        assert rows.removed_since(2).tolist() == [1, 2]
        assert rows.removed_since(3).tolist() == [3, 4]
        assert rows.changed_since(2) == 4
        assert rows.counts().passages == 0


def test_history_is_forgotten_up_to_a_generation(catalogue: Catalogue) -> None:
    for _ in range(2):
        with catalogue.writing() as changes:
            changes.put(entry_of())
    catalogue.forget_history(2)
    with catalogue.reading() as rows:
        assert (rows.state.history, rows.state.generation) == (2, 3)
        assert rows.removed_since(2).tolist() == [1, 2]


def test_vector_of_the_same_searched_text_is_found_by_its_key(catalogue: Catalogue) -> None:
    from index.catalogue.changes import passage_keys

    with catalogue.writing() as changes:
        changes.put(entry_of(vectors=[[1, 0], [0, 1]]))
    keys = passage_keys(entry_of().passages, "Rome")
    other = passage_keys(entry_of().passages, "Another title")
    with catalogue.reading() as rows:
        found = rows.vectors_by_key([*keys, *other])
    assert {key: vector.tolist() for key, vector in found.items()} == {
        keys[0]: [1, 0],
        keys[1]: [0, 1],
    }


def test_another_embedder_drops_all_vectors(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of(vectors=[[1, 0], [0, 1]]))
    with catalogue.writing() as changes:
        changes.adopt_embedder("other", 3)
    with catalogue.reading() as rows:
        assert list(rows.vectors_since(0)) == []
        assert rows.counts().embedded == 0
        assert rows.files("notes")["rome.txt"].embedder == ""
        assert (rows.state.embedder, rows.state.dimension) == ("other", 3)


def test_vectors_of_the_wrong_shape_are_a_mistake(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="is due"), catalogue.writing() as changes:
        changes.put(entry_of(vectors=[[1, 0, 0], [0, 1, 0]]))


def test_failed_commit_changes_nothing(catalogue: Catalogue) -> None:
    def fail_midway() -> None:
        with catalogue.writing() as changes:
            changes.put(entry_of())
            raise KeyError

    with pytest.raises(KeyError):
        fail_midway()
    with catalogue.reading() as rows:
        assert rows.documents() == ()
        assert rows.state.generation == 1


def test_reading_stays_at_its_generation_while_others_commit(catalogue: Catalogue) -> None:
    with catalogue.reading() as rows:
        with catalogue.writing() as changes:
            changes.put(entry_of())
        assert rows.documents() == ()
    with catalogue.reading() as rows:
        assert [summary.path for summary in rows.documents()] == ["rome.txt"]


def test_summary_tells_what_a_list_shows(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue.reading() as rows:
        [summary] = rows.documents()
    assert (summary.size, summary.pages, summary.passages, summary.quality) == (23, 1, 2, 0.5)
    assert (summary.title, summary.published, summary.generation) == ("Rome", "2002-05-28", 2)


def test_touched_file_makes_no_generation(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    catalogue.touch({ROME.id: Stamp(23, 4_000_000_000, 5, 6)})
    with catalogue.reading() as rows:
        assert rows.files("notes")["rome.txt"].stamp == Stamp(23, 4_000_000_000, 5, 6)
        assert rows.document(ROME.id).modified_at == 4.0
        assert rows.state.generation == 2


def test_numbers_of_an_unknown_document_are_an_error(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue.reading() as rows:
        assert rows.numbers([ROME.id]).tolist() == [1, 2]
        with pytest.raises(UnknownDocumentError, match="nobody"):
            rows.numbers([ROME.id, "nobody"])
        with pytest.raises(UnknownDocumentError, match="nobody"):
            rows.document("nobody")


def test_commits_are_durable_and_readers_do_not_wait(catalogue: Catalogue) -> None:
    with catalogue.reading() as rows:
        is_sqlite = rows._connection.dialect.name == "sqlite"
        ask = "PRAGMA {}" if is_sqlite else "SHOW {}"
        due = _DURABLE_SQLITE if is_sqlite else _DURABLE_POSTGRESQL
        held = {name: rows._connection.execute(sql(ask.format(name))).scalar() for name in due}
    assert held == due


def test_text_that_was_changed_behind_the_catalogue_is_refused(catalogue: Catalogue) -> None:
    with catalogue.writing() as changes:
        changes.put(entry_of())
    with catalogue._database.writing() as raw:
        changed = {"text": b"Rome. The council slept."}
        raw.execute(sql("UPDATE documents SET source_text = :text"), changed)
    with catalogue.reading() as rows, pytest.raises(IndexDamagedError, match=r"rome\.txt"):
        rows.document(ROME.id)


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))))
def test_packed_integers_come_back(rows: list[tuple[int, int]]) -> None:
    assert unpack(pack(rows), 2) == [list(row) for row in rows]
