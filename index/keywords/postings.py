"""Postings: which passages hold which term, as immutable arrays that can be mapped from disk."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Frequencies = NDArray[np.unsignedinteger[Any]]


class Postings(NamedTuple):
    """Passages by term and terms by passage, both compressed sparse rows.

    A slot is a passage's place in ``numbers``, an entry one term in one passage.
    """

    hashes: NDArray[np.uint64]  # (terms,) ascending: a term's id is its place
    term_starts: NDArray[np.int64]  # (terms + 1,) into slots and counts
    slots: NDArray[np.int32]  # (entries,) by term, ascending within a term
    counts: Frequencies  # (entries,) how often the passage holds the term
    numbers: NDArray[np.int64]  # (passages,)
    lengths: NDArray[np.int64]  # (passages,) in terms, repeats included
    slot_starts: NDArray[np.int64]  # (passages + 1,) into terms
    terms: NDArray[np.int32]  # (entries,) by passage: the ids of its distinct terms


class Entries(NamedTuple):
    """Entries of passages that came after the postings, in slot order: (entries,) each."""

    terms: NDArray[np.int32]
    slots: NDArray[np.int32]
    counts: NDArray[np.int32]


class Slots(NamedTuple):
    """Every passage there is, those of the postings first: (slots,) each."""

    numbers: NDArray[np.int64]
    lengths: NDArray[np.int64]
    alive: NDArray[np.bool_]  # False once removed


def no_postings() -> Postings:
    """Return postings of no passage."""
    return Postings(
        hashes=np.empty(0, np.uint64),
        term_starts=np.zeros(1, np.int64),
        slots=np.empty(0, np.int32),
        counts=np.empty(0, np.uint8),
        numbers=np.empty(0, np.int64),
        lengths=np.empty(0, np.int64),
        slot_starts=np.zeros(1, np.int64),
        terms=np.empty(0, np.int32),
    )


def merge(old: Postings, fresh: NDArray[np.uint64], recent: Entries, slots: Slots) -> Postings:
    """Make postings of all passages that are alive.

    Args:
        old: The postings so far.
        fresh: Hashes of the terms that they lack, (terms,): their ids follow those of ``old``.
        recent: Entries of the passages that they lack.
        slots: The passages of both.
    """
    alive = slots.alive
    recent = Entries(*(values[alive[recent.slots]] for values in recent))
    kept = alive[old.slots]
    hashes = np.concatenate([old.hashes, fresh])
    old_counts = np.zeros(len(hashes), np.int64)
    old_counts[: len(old.hashes)] = np.diff(_starts(kept)[old.term_starts])
    entries = old_counts + np.bincount(recent.terms, minlength=len(hashes))
    held = np.flatnonzero(entries)
    order = held[np.argsort(hashes[held])]
    ids = np.zeros(len(hashes), np.int32)
    ids[order] = np.arange(len(order), dtype=np.int32)
    moved = (np.cumsum(alive) - 1).astype(np.int32)

    # Both runs are sorted by term and the old one keeps its order: insert the recent one.
    by_term = np.argsort(ids[recent.terms], kind="stable")
    places = np.cumsum(old_counts[order])[ids[recent.terms[by_term]]]
    counts = old.counts.astype(_smallest(old.counts, recent.counts))[kept]
    slot_starts, terms = _by_passage(old, recent, ids, alive)
    return Postings(
        hashes=hashes[order],
        term_starts=_starts(entries[order]),
        slots=np.insert(moved[old.slots[kept]], places, moved[recent.slots[by_term]]),
        counts=np.insert(counts, places, recent.counts[by_term]),
        numbers=slots.numbers[alive],
        lengths=slots.lengths[alive],
        slot_starts=slot_starts,
        terms=terms,
    )


def _by_passage(
    old: Postings, recent: Entries, ids: NDArray[np.int32], alive: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    settled = len(old.numbers)
    old_widths = np.diff(old.slot_starts)
    recent_widths = np.bincount(recent.slots - settled, minlength=len(alive) - settled)
    widths = np.concatenate([old_widths, recent_widths])[alive]
    old_terms = old.terms[np.repeat(alive[:settled], old_widths)]
    return _starts(widths), np.concatenate([ids[old_terms], ids[recent.terms]])


def _starts(widths: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(widths, dtype=np.int64)])


def _smallest(old: Frequencies, recent: NDArray[np.int32]) -> np.dtype[Any]:
    return np.promote_types(old.dtype, np.min_scalar_type(int(recent.max(initial=0))))
