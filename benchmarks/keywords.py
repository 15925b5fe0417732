"""Keyword search over many passages, against rank-bm25 over the same ones."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from benchmarks import Measurement, median_ms, seconds
from index.keywords import KeywordIndex

_PASSAGES = 100_000
_LENGTH = 150  # terms of a passage
_VOCABULARY = 1_000_000
_STOP_WORDS = 100  # the commonest terms, which a query does not hold
_BATCH = 256  # passages added at once
_FILE = 20  # passages of one file
_CANDIDATES = 100


class _Language:
    """Draws terms whose frequency falls with their rank, as in natural text (Zipf's law)."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._words = np.array([f"w{rank}" for rank in range(_VOCABULARY)], object)
        self._shares = np.cumsum(1 / (np.arange(_VOCABULARY) + 2.7) ** 1.05)

    def passage(self) -> list[str]:
        return self._draw(_LENGTH, 0.0)

    def query(self) -> list[str]:
        return self._draw(int(self._random.integers(6, 11)), self._shares[_STOP_WORDS - 1])

    def _draw(self, count: int, lowest: float) -> list[str]:
        drawn = self._random.uniform(lowest, self._shares[-1], count)
        words: list[str] = self._words[np.searchsorted(self._shares, drawn)].tolist()
        return words


def run() -> list[Measurement]:
    """Measure building, opening, searching and updating an index of 100,000 passages."""
    language = _Language(seed=1)
    passages = [language.passage() for _ in range(_PASSAGES)]
    queries = [language.query() for _ in range(200)]
    with TemporaryDirectory() as folder:
        built = KeywordIndex()
        adding = seconds(partial(_add, built, passages))
        saving = seconds(partial(built.save, Path(folder), generation=1))
        opening = seconds(partial(KeywordIndex.load, Path(folder)))
        index, *_ = KeywordIndex.load(Path(folder))
        searching = _search_ms(index, queries)
        theirs, error = _compare(index, passages, queries[:10])
        updating, following = _update_ms(index, language)
    return [
        Measurement("keywords: adding", _PASSAGES / adding, "passages/s"),
        Measurement("keywords: saving", saving, "s", "merges and writes everything"),
        Measurement("keywords: opening", opening, "s", "checksums included"),
        Measurement("keywords: search", searching, "ms", f"median over {_PASSAGES:,} passages"),
        Measurement("keywords: rank-bm25", theirs, "ms", "its scores alone, unsorted"),
        Measurement("keywords: times faster than rank-bm25", theirs / searching, "x"),
        Measurement("keywords: largest difference of a score", error, ""),
        Measurement("keywords: updating one file", updating, "ms", f"{_FILE} passages"),
        Measurement("keywords: search after an update", following, "ms"),
    ]


def _add(index: KeywordIndex, passages: list[list[str]]) -> None:
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        index.add(np.arange(start, start + len(batch)), batch)


def _search_ms(index: KeywordIndex, queries: list[list[str]]) -> float:
    following = cycle(queries)
    return median_ms(lambda: index.search(next(following), _CANDIDATES), len(queries))


def _compare(
    index: KeywordIndex, passages: list[list[str]], queries: list[list[str]]
) -> tuple[float, float]:
    """Return rank-bm25's median time and how far its scores are from ours at most."""
    oracle = BM25Okapi(passages)
    error = 0.0
    for query in queries:
        numbers, scores = index.search(query, len(passages))
        ours: NDArray[np.float64] = np.zeros(len(passages))
        ours[numbers] = scores
        error = max(error, float(np.abs(oracle.get_scores(query) - ours).max()))
    following = cycle(queries)
    return median_ms(lambda: oracle.get_scores(next(following)), len(queries)), error


def _update_ms(index: KeywordIndex, language: _Language) -> tuple[float, float]:
    """Return the median times of replacing one file's passages and of the search after it."""
    updates, searches = [], []
    for start in range(0, 50 * _FILE, _FILE):
        numbers = np.arange(start, start + _FILE)
        passages = [language.passage() for _ in numbers]
        query = language.query()
        updates.append(seconds(partial(_replace, index, numbers, passages)))
        searches.append(seconds(partial(index.search, query, _CANDIDATES)))
    return 1000 * float(np.median(updates)), 1000 * float(np.median(searches))


def _replace(index: KeywordIndex, numbers: NDArray[np.int64], passages: list[list[str]]) -> None:
    index.remove(numbers)
    index.add(numbers, passages)
