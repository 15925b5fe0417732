"""What a search beside the catalogue needs of it: frozen statistics, and how far it has come.

Statistics are counted over the whole catalogue at once and stay as they are until they are counted
again, so that all who search weigh a term alike, however many have written since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import time
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from index.catalogue import tables
from index.catalogue.rows import reading_rows
from index.keywords.bm25 import Corpus
from index.terms import term_hashes

MOST_VALUES = 500  # in one IN clause: databases limit them

Value = TypeVar("Value")

_terms, _collections = tables.terms.c, tables.collections.c


@dataclass(frozen=True, slots=True)
class Collection:
    """The passages as they stand on a search server."""

    name: str
    embedder: str
    generation: int  # that it has reached
    mark: str  # of the commit that made the generation


class SearchReading:
    """What is read of the catalogue for a search beside it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def statistics(self) -> Statistics | None:
        """The statistics that were last counted; None before the first time."""
        row = self._connection.execute(select(tables.statistics)).one_or_none()
        if row is None:
            return None
        corpus = Corpus(row.passages, row.average_length, row.average_idf)
        return Statistics(self, row.version, row.generation, corpus)

    def collection(self) -> Collection | None:
        """Return the collection that is searched; None before the first."""
        query = select(tables.collections).where(_collections.is_searched)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Collection(row.name, row.embedder, row.generation, row.mark)

    def term_rows(self, terms: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Return the ids and frequencies of distinct terms, of those that are known."""
        hashes = dict(zip(_signed(term_hashes(terms)), terms, strict=True))
        rows = self._where_in(select(tables.terms), _terms.hash, list(hashes))
        return {hashes[row.hash]: (row.id, row.frequency) for row in rows}

    def gone_since(self, generation: int) -> NDArray[np.int64]:
        """Return the numbers of passages that went after a generation, whenever they had come."""
        query = select(tables.removed.c.number).where(tables.removed.c.generation > generation)
        return np.fromiter(self._connection.execute(query).scalars(), np.int64)

    def are_passages(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of these numbers are of passages, (numbers,)."""
        return self._are_in(tables.passages.c.number, numbers)

    def have_vectors(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which of these numbers are of passages with a vector, (numbers,)."""
        return self._are_in(tables.vectors.c.number, numbers)

    def _are_in(self, column: Any, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        rows = self._where_in(select(column.label("number")), column, numbers.tolist())
        return np.isin(numbers, [row.number for row in rows])

    def _count(self, query: Select[Any]) -> int:
        return int(self._connection.execute(query).scalar_one())

    def _where_in(
        self, query: Select[Any], column: Any, values: Sequence[Value]
    ) -> Iterator[Row[Any]]:
        for start in range(0, len(values), MOST_VALUES):
            part = query.where(column.in_(values[start : start + MOST_VALUES]))
            with reading_rows():
                rows = self._connection.execute(part).all()
            yield from rows


@dataclass(frozen=True, slots=True)
class Statistics:
    """What BM25 takes from the passages as they were counted; lives as long as its reading."""

    _rows: SearchReading
    version: int
    generation: int  # that was counted
    corpus: Corpus

    def idfs(self, terms: Sequence[str]) -> dict[str, float]:
        """Return what each of distinct terms weighs in a query; one that is new counts as in none.

        So it weighs the most that a term can, until the passages are counted again.
        """
        known = self._rows.term_rows(terms)
        return {term: self.corpus.idf(known.get(term, (0, 0))[1]) for term in terms}

    def changed(self) -> tuple[int, int]:
        """Return how many passages were added and removed since they were counted."""
        passages = tables.passages.c
        now = self._rows._count(select(func.count(passages.number)))
        kept = self._rows._count(
            select(func.count(passages.number)).where(passages.generation <= self.generation)
        )
        return now - kept, self.corpus.passages - kept


class SearchNotes(SearchReading):
    """What is noted in the catalogue of statistics and of collections, in one transaction."""

    def add_terms(self, terms: Sequence[str]) -> dict[str, int]:
        """Give ids to those of distinct terms that have none, and return the ids of all."""
        known = self.term_rows(terms)
        new = [term for term in terms if term not in known]
        if new:
            rows = [{"hash": value, "frequency": 0} for value in _signed(term_hashes(new))]
            self._connection.execute(insert(tables.terms), rows)
            known |= self.term_rows(new)
        return {term: term_id for term, (term_id, _) in known.items()}

    def replace_statistics(
        self, corpus: Corpus, frequencies: Mapping[int, int], *, version: int, generation: int
    ) -> None:
        """Put new statistics in place of the old ones.

        Args:
            corpus: What BM25 takes from all passages together.
            frequencies: How many passages hold each term, by the 64-bit hash; others: none.
            version: Of the statistics.
            generation: That was counted.
        """
        self._connection.execute(delete(tables.statistics))
        row = {"version": version, "generation": generation, **corpus._asdict()}
        self._connection.execute(insert(tables.statistics).values(row))
        self._connection.execute(update(tables.terms).values(frequency=0))
        one = update(tables.terms).where(_terms.hash == bindparam("of"))
        one = one.values(frequency=bindparam("passages"))
        values = [{"of": _sign(key), "passages": count} for key, count in frequencies.items()]
        if values:
            self._connection.execute(one, values)

    def add_collection(self, collection: Collection) -> None:
        """Note a collection before it is made, so that what a killed writer leaves is known."""
        row = {
            "name": collection.name,
            "embedder": collection.embedder,
            "generation": collection.generation,
            "mark": collection.mark,
        }
        query = insert(tables.collections).values(row | {"is_searched": False, "since": time()})
        self._connection.execute(query)

    def search_collection(self, name: str) -> None:
        """Have one collection searched from now on, and no other."""
        is_new = _collections.name == name
        changing = update(tables.collections).where(is_new | _collections.is_searched)
        self._connection.execute(changing.values(is_searched=is_new, since=time()))

    def reach(self, name: str, generation: int, mark: str) -> None:
        """Note the generation that a collection has reached, and that one's mark."""
        query = update(tables.collections).where(_collections.name == name)
        self._connection.execute(query.values(generation=generation, mark=mark))

    def left_over(self, *, before: float) -> tuple[str, ...]:
        """Return the collections that nobody has searched since a time, in seconds."""
        query = select(_collections.name).where(
            ~_collections.is_searched, _collections.since < before
        )
        return tuple(self._connection.execute(query).scalars())

    def forget_collection(self, name: str) -> None:
        """Forget a collection that is no more."""
        self._connection.execute(delete(tables.collections).where(_collections.name == name))


def _signed(hashes: NDArray[np.uint64]) -> list[int]:
    """Return hashes as databases keep 64 bits."""
    values: list[int] = hashes.astype("<u8").view("<i8").tolist()
    return values


def _sign(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value
