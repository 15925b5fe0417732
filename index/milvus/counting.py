"""Passages → what BM25 takes from all of them, and what their terms weigh in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.readings import Reading
from index.keywords.bm25 import Corpus, average_idf
from index.milvus.collection import Sparse
from index.terms import term_hashes, terms


class Count(NamedTuple):
    """All passages of a catalogue, counted."""

    corpus: Corpus
    frequencies: dict[int, int]  # passages that hold a term, by its 64-bit hash


class Part(NamedTuple):
    """Some passages as a collection takes them."""

    numbers: NDArray[np.int64]  # (passages,)
    dense: NDArray[np.float32]  # (passages, dimension), zeros where a passage has no vector
    sparse: list[Sparse]  # (passages,)


def count(rows: Reading) -> Count:
    """Count the terms of all passages."""
    passages = length = 0
    frequencies: Counter[int] = Counter()
    for numbers, texts in rows.texts_since(0):
        held = [terms(text) for text in texts]
        passages += len(numbers)
        length += sum(map(len, held))
        of_part = Counter(term for one in held for term in set(one))
        hashes = term_hashes(of_part).tolist()
        frequencies.update(dict(zip(hashes, of_part.values(), strict=True)))
    counts = np.fromiter(frequencies.values(), np.int64, len(frequencies))
    average_length = length / max(passages, 1) or 1.0
    return Count(Corpus(passages, average_length, average_idf(counts, passages)), frequencies)


def parts_since(
    catalogue: Catalogue, rows: Reading, generation: int, corpus: Corpus
) -> Iterator[Part]:
    """Yield the passages added after a generation; terms that are new get their ids."""
    for numbers, texts in rows.texts_since(generation):
        dense = np.zeros((len(numbers), rows.state.dimension), np.float32)
        if rows.state.dimension:
            embedded, vectors = rows.vectors_at(numbers)
            dense[np.searchsorted(numbers, embedded)] = vectors
        yield Part(numbers, dense, _weighed(catalogue, texts, corpus))


def _weighed(catalogue: Catalogue, texts: Sequence[str], corpus: Corpus) -> list[Sparse]:
    counts = [Counter(terms(text)) for text in texts]
    distinct = list(dict.fromkeys(term for count in counts for term in count))
    with catalogue.reading() as rows:
        ids = {term: known for term, (known, _) in rows.term_rows(distinct).items()}
    if len(ids) < len(distinct):
        with catalogue.noting() as notes:
            ids = notes.add_terms(distinct)
    return [
        {ids[term]: weight for term, weight in corpus.weights(count).items()} for count in counts
    ]
