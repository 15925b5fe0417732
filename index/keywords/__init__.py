"""Keyword search: BM25 over an inverted index, with the scores of ``rank_bm25.BM25Okapi``.

Most passages stand in ``Postings``, which nothing changes; entries of passages added since stand
in a short list that every search scans, and removed passages are masked. Past a share of the
postings both are merged, so that a change costs in proportion to itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.keywords.arrays import load_arrays, save_arrays
from index.keywords.bm25 import K1, Corpus, FrozenCorpus, average_idf
from index.keywords.postings import Entries, Postings, Slots, merge, no_postings
from index.terms import term_hashes

_MOST_RECENT_ENTRIES = 2**18  # or the share of the postings, where that is more
_MOST_RECENT_SHARE = 1 / 16
_MOST_REMOVED_SHARE = 1 / 4


class _Live(NamedTuple):
    """The corpus as it is now."""

    corpus: Corpus
    norms: NDArray[np.float64]  # (slots,): what a passage's length adds to the denominator


class _Held(NamedTuple):
    """The passages that are there, ascending by number: (passages,) each."""

    numbers: NDArray[np.int64]
    slots: NDArray[np.int32]


class KeywordIndex:
    """BM25 over passages given as lists of terms, keyed by the catalogue's numbers.

    Terms are told apart by 64-bit hashes: that any two of a million coincide has a probability of
    3e-8. A change must not run beside a search.

    Source: Trotman, Puurula and Burgess 2014, "Improvements to BM25 and language models examined"
    (ATIRE), with ``BM25Okapi``'s floor: epsilon times the average idf in place of a negative one.
    """

    _slots: Slots
    _live: _Live | None
    _by_number: _Held | None

    def __init__(self) -> None:
        self._reset(no_postings())

    def __len__(self) -> int:
        return int(self._slots.alive.sum())

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the passages held, (passages,), in no order."""
        return self._slots.numbers[self._slots.alive]

    def add(self, numbers: NDArray[np.int64], documents: Sequence[Sequence[str]]) -> None:
        """Add passages.

        Args:
            numbers: (passages,), none of them held yet.
            documents: The terms of each, repeats included.

        Raises:
            ValueError: A number is held already or given twice, or the lengths differ.
        """
        given = np.asarray(numbers, np.int64)
        if len(given) != len(documents):
            raise ValueError(f"{len(given)} numbers for {len(documents)} documents")
        if len(np.unique(given)) != len(given) or self._holds_any(given):
            raise ValueError("a passage number is in the index already, or given twice")
        self._append([Counter(document) for document in documents])
        lengths = np.array([len(document) for document in documents], np.int64)
        old = self._slots
        self._slots = Slots(
            np.concatenate([old.numbers, given]),
            np.concatenate([old.lengths, lengths]),
            np.concatenate([old.alive, np.ones(len(given), bool)]),
        )
        self._settle()

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Remove passages; numbers that are not held are passed over."""
        postings = self._postings
        gone = np.isin(self._slots.numbers, numbers) & self._slots.alive
        self._slots.alive[gone] = False
        for slot in np.flatnonzero(gone[: len(postings.numbers)]):
            start, end = postings.slot_starts[slot : slot + 2]
            self._frequencies[postings.terms[start:end]] -= 1
        np.subtract.at(self._frequencies, self._recent.terms[gone[self._recent.slots]], 1)
        self._settle()

    def search(
        self,
        query: Sequence[str],
        k: int,
        *,
        among: NDArray[np.int64] | None = None,
        frozen: FrozenCorpus | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Find the passages that share a term with the query and score best.

        Args:
            query: Its terms; a repeated one counts as often.
            k: How many passages to return at most.
            among: Numbers to search within; scores stay those over the whole index.
            frozen: What to score with in place of what the index holds now.

        Returns:
            Numbers and BM25 scores, (at most k,) each, best first, ties by number.
        """
        repeats = Counter(query)
        idfs = frozen.idfs(list(repeats)) if frozen else self._idfs(repeats)
        norms = frozen.corpus.norms(self._slots.lengths) if frozen else self._current().norms
        scores = np.zeros(len(norms))
        touched = np.zeros(len(norms), bool)
        within = None if among is None else self._slots_of(among)
        for term, known in self._held(repeats).items():
            weight = repeats[term] * (K1 + 1) * idfs[term]
            for slots, counts in self._entries(known, within):
                scores[slots] += weight * counts / (counts + norms[slots])
                touched[slots] = True
        found = np.flatnonzero(touched & self._slots.alive)
        return _best(self._slots.numbers[found], scores[found], k)

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, the highest possible for one not held."""
        return self._idfs([term])[term]

    def save(self, path: Path, *, generation: int, mark: str = "") -> None:
        """Write the whole index to a folder, or nothing, and go on from the mapped files."""
        self._merge()
        arrays = save_arrays(path, self._postings._asdict(), generation=generation, mark=mark)
        self._reset(Postings(**arrays))

    @classmethod
    def load(cls, path: Path) -> tuple[KeywordIndex, int, str]:
        """Map a saved index, and return it with its generation and that one's mark.

        Raises:
            IndexDamagedError: Something is missing, or is not what was written.
        """
        arrays, generation, mark = load_arrays(path, Postings._fields)
        index = cls()
        index._reset(Postings(**arrays))
        return index, generation, mark

    def _reset(self, postings: Postings) -> None:
        self._postings = postings
        self._frequencies = np.diff(postings.term_starts)  # (terms,): passages that hold the term
        self._fresh: dict[int, int] = {}  # hash to id, of terms that the postings lack
        self._recent = Entries(*(np.empty(0, np.int32) for _ in Entries._fields))
        numbers, lengths = np.array(postings.numbers), np.array(postings.lengths)
        self._slots = Slots(numbers, lengths, np.ones(len(numbers), bool))
        self._live = self._by_number = None

    def _append(self, documents: Sequence[Counter[str]]) -> None:
        """Add the entries of new passages, whose slots follow those there are."""
        places = {term: i for i, term in enumerate(dict.fromkeys(chain.from_iterable(documents)))}
        ids = self._ids(places, adding=True)
        widths = [len(document) for document in documents]
        first = len(self._slots.numbers)
        new = Entries(
            terms=ids[np.array([places[term] for term in chain.from_iterable(documents)], np.intp)],
            slots=np.repeat(np.arange(first, first + len(widths), dtype=np.int32), widths),
            counts=np.array(
                [count for document in documents for count in document.values()], np.int32
            ),
        )
        self._recent = Entries(*map(np.concatenate, zip(self._recent, new, strict=True)))
        unseen = len(self._postings.hashes) + len(self._fresh) - len(self._frequencies)
        self._frequencies = np.pad(self._frequencies, (0, unseen))
        np.add.at(self._frequencies, new.terms, 1)

    def _settle(self) -> None:
        """Merge once what searches scan or mask has grown too large."""
        self._live = self._by_number = None
        most_recent = max(_MOST_RECENT_ENTRIES, _MOST_RECENT_SHARE * len(self._postings.slots))
        most_removed = _MOST_REMOVED_SHARE * len(self._slots.alive)
        if len(self._recent.terms) > most_recent or (~self._slots.alive).sum() > most_removed:
            self._merge()

    def _merge(self) -> None:
        fresh = np.fromiter(self._fresh, np.uint64, len(self._fresh))
        self._reset(merge(self._postings, fresh, self._recent, self._slots))

    def _held(self, query: Collection[str]) -> dict[str, int]:
        """Return the ids of those of distinct terms that are known."""
        ids = self._ids(query, adding=False).tolist()
        return {term: known for term, known in zip(query, ids, strict=True) if known >= 0}

    def _ids(self, terms: Collection[str], *, adding: bool) -> NDArray[np.int32]:
        """Return the ids of distinct terms, (terms,), making those that are new or giving -1."""
        held = self._postings.hashes
        hashes = term_hashes(terms)
        ids = np.searchsorted(held, hashes).astype(np.int32)
        inside = ids < len(held)
        inside[inside] = held[ids[inside]] == hashes[inside]
        for i in np.flatnonzero(~inside):
            new = len(held) + len(self._fresh)
            key = int(hashes[i])
            ids[i] = self._fresh.setdefault(key, new) if adding else self._fresh.get(key, -1)
        return ids

    def _holds_any(self, numbers: NDArray[np.int64]) -> bool:
        """Tell whether a number is held: new ones are mostly above all there are."""
        highest = self._slots.numbers.max(initial=-1)
        return bool((numbers <= highest).any() and np.isin(numbers, self.numbers).any())

    def _slots_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the slots of those of the numbers that are held, ascending."""
        if self._by_number is None:
            slots = np.flatnonzero(self._slots.alive).astype(np.int32)
            order = np.argsort(self._slots.numbers[slots], kind="stable")
            self._by_number = _Held(self._slots.numbers[slots[order]], slots[order])
        held = self._by_number
        return np.sort(held.slots[_places(held.numbers, np.unique(numbers))])

    def _entries(
        self, term: int, within: NDArray[np.int32] | None
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float64]]]:
        """Yield the slots that hold a term, each once, and how often they do."""
        postings, recent = self._postings, np.flatnonzero(self._recent.terms == term)
        parts = [(self._recent.slots[recent], self._recent.counts[recent].astype(np.float64))]
        if term < len(postings.hashes):
            part = slice(*postings.term_starts[term : term + 2])
            parts.append((postings.slots[part], postings.counts[part].astype(np.float64)))
        for slots, counts in parts:
            inside = slice(None) if within is None else _places(slots, within)
            yield slots[inside], counts[inside]

    def _idfs(self, terms: Collection[str]) -> dict[str, float]:
        corpus, held = self._current().corpus, self._held(terms)
        return {
            term: corpus.idf(int(self._frequencies[held[term]]) if term in held else 0)
            for term in terms
        }

    def _current(self) -> _Live:
        if self._live is None:
            passages = len(self)
            average_length = self._slots.lengths[self._slots.alive].sum() / max(passages, 1) or 1.0
            average = average_idf(self._frequencies, passages)
            corpus = Corpus(passages, float(average_length), average)
            self._live = _Live(corpus, corpus.norms(self._slots.lengths))
        return self._live


def _places(
    values: NDArray[np.signedinteger[Any]], wanted: NDArray[np.signedinteger[Any]]
) -> NDArray[np.int64]:
    """Return where wanted values stand; both are ascending, of one type, and hold each once."""
    if len(wanted) > len(values):
        return np.flatnonzero(np.isin(values, wanted, assume_unique=True))
    places = np.searchsorted(values, wanted)
    places = places[places < len(values)]
    found: NDArray[np.int64] = places[values[places] == wanted[: len(places)]]
    return found


def _best(
    numbers: NDArray[np.int64], scores: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if 0 < k < len(scores):
        near = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        numbers, scores = numbers[near], scores[near]
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order], scores[order]
