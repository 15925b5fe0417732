"""Dense search over the passages' vectors, by FAISS: exact while that is fast, then approximate.

The inner product of normalised vectors is the score. Past ``_EXACT_LIMIT`` vectors they are kept
in half precision in inverted lists, of which a search reads the nearest few.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamagedError
from index.sealed import read_sealed, write_sealed

_FORMAT = 2

_EXACT_LIMIT = 20_000  # reading them all takes about 1 ms on one core
_GROWTH = 4  # the lists are made anew when this many times more vectors are in them
_LISTS_A_ROOT = 2  # the number of lists is this many times the root of the number of vectors
_TRAINING_VECTORS_A_LIST = 32
_TRAINING_ROUNDS = 8
_LISTS_A_PROBE = 5  # a search reads the nearest of every five lists, or more
_TARGET_RECALL = 0.99
_RECALL_QUERIES = 300
_BLOCK = 1 << 14  # vectors that are moved at once
_SPARE = 16  # fetched beyond k, to see whether the last place is tied

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]


class VectorIndex:
    """Vectors by number, searched by inner product.

    Attributes:
        dimension: The length of every vector.
        recall_at_10: The share of the ten nearest that search finds, measured against exact search
            when the lists were made; None while search is exact.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.recall_at_10: float | None = None
        self._trained_on = 0
        self._index: Any = None  # made when first needed: FAISS takes a while to import
        self._highest = -1  # of all numbers held so far

    def __len__(self) -> int:
        return 0 if self._index is None else int(self._index.ntotal)

    @property
    def numbers(self) -> Numbers:
        """The numbers of all vectors held, ascending."""
        return np.sort(_numbers_of(self._index)) if len(self) else np.empty(0, dtype=np.int64)

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Add normalised vectors, (len(numbers), dimension), none of which is held yet.

        Raises:
            ValueError: The shapes do not agree, or a number is given twice or held already.
        """
        numbers, vectors = np.ascontiguousarray(numbers), np.ascontiguousarray(vectors)
        if vectors.shape != (len(numbers), self.dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(numbers)} of {self.dimension}")
        if len(np.unique(numbers)) < len(numbers) or self._holds_any(numbers):
            raise ValueError("a number is given twice or held already")
        if len(numbers) == 0:
            return
        self._highest = max(self._highest, int(numbers.max()))
        if len(self) + len(numbers) > max(_EXACT_LIMIT, _GROWTH * self._trained_on):
            self._make_lists(numbers, vectors)
        else:
            self._ready().add_with_ids(vectors, numbers)

    def remove(self, numbers: Numbers) -> None:
        """Remove vectors by number; numbers that are not held are passed over."""
        if len(self):
            selector = _faiss().IDSelectorArray(np.ascontiguousarray(numbers))
            self._index.remove_ids(selector)

    def search(
        self, vector: Vectors, k: int, *, among: Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find the vectors nearest to one.

        Args:
            vector: Normalised, (dimension,).
            k: How many to find at most.
            among: The only numbers to look at: the search is exact over them; None for all.

        Returns:
            Numbers and scores in [-1, 1], best first, ties by number.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"a vector of shape {vector.shape} where ({self.dimension},) is due")
        most = min(len(self), len(self) if among is None else len(among))
        k = min(k, most)
        if k <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        fetched = min(k + _SPARE, most)
        numbers, scores = self._fetch(vector, fetched, among)
        while fetched < most and _ends_tied(scores, k):
            fetched = min(2 * fetched, most)
            numbers, scores = self._fetch(vector, fetched, among)
        best = np.lexsort((numbers, -scores))[:k]
        return numbers[best], scores[best]

    def vectors(self, numbers: Numbers) -> tuple[Numbers, Vectors]:
        """Return those of the numbers that are held, and their vectors, (found, dimension)."""
        if not len(self):
            return np.empty(0, dtype=np.int64), np.empty((0, self.dimension), dtype=np.float32)
        vectors = np.empty((len(numbers), self.dimension), dtype=np.float32)
        is_held = np.ones(len(numbers), dtype=bool)
        for row, number in enumerate(numbers.tolist()):
            try:
                self._index.reconstruct(number, vectors[row])
            except RuntimeError:  # so FAISS says that it has none
                is_held[row] = False
        return numbers[is_held], vectors[is_held]

    def save(self, path: Path, *, generation: int, mark: str = "") -> None:
        """Write the index in place of what was there, whole or not at all."""
        faiss = _faiss()
        header = {
            "format": _FORMAT,
            "generation": generation,
            "mark": mark,
            "recall_at_10": self.recall_at_10,
            "trained_on": self._trained_on,
        }
        with write_sealed(path) as file:
            file.write(json.dumps(header).encode() + b"\n")
            # Not buffered: what fails when a buffer is emptied at the end is told to nobody.
            faiss.write_index(self._ready(), faiss.PyCallbackIOWriter(file.write))

    @classmethod
    def load(cls, path: Path) -> tuple[VectorIndex, int, str]:
        """Read an index, and the generation that it was saved at with its mark.

        Raises:
            IndexDamagedError: The file is missing, damaged, or written by another version.
        """
        try:
            with read_sealed(path) as file:
                header: dict[str, Any] = json.loads(file.readline())
                if header["format"] != _FORMAT:
                    raise ValueError(f"its format is {header['format']}, not {_FORMAT}")
                index = cls(0)
                index._restore(header, file)
                return index, int(header["generation"]), str(header["mark"])
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise IndexDamagedError(f"{path}: cannot be read ({error!r}); rebuild it") from error

    def _restore(self, header: dict[str, Any], file: BinaryIO) -> None:
        faiss = _faiss()
        reader = faiss.BufferedIOReader(faiss.PyCallbackIOReader(file.read))
        self._index = faiss.read_index(reader)
        self._index.set_direct_map_type(faiss.DirectMap.Hashtable)
        self.dimension = self._index.d
        self.recall_at_10, self._trained_on = header["recall_at_10"], header["trained_on"]
        self._highest = int(_numbers_of(self._index).max(initial=-1))

    def _ready(self) -> Any:
        if self._index is None:
            self._index = _one_list(self.dimension)
        return self._index

    def _holds_any(self, numbers: Numbers) -> bool:
        """Tell whether one of the numbers is held: new ones are mostly above all there are."""
        return bool((numbers <= self._highest).any() and np.isin(numbers, self.numbers).any())

    def _fetch(self, vector: Vectors, k: int, among: Numbers | None) -> tuple[Numbers, Vectors]:
        """Return the nearest ``k``; fewer where ``among`` holds numbers that are not here."""
        if among is not None:
            selector = _faiss().IDSelectorBatch(np.ascontiguousarray(among))
            return _search(self._index, vector, k, lists=self._index.nlist, selector=selector)
        found = _search(self._index, vector, k, lists=self._index.nprobe)
        if len(found[0]) < k:
            found = _search(self._index, vector, k, lists=self._index.nlist)
        return found

    def _make_lists(self, numbers: Numbers, vectors: Vectors) -> None:
        """Sort the vectors held and some new ones into inverted lists.

        They are moved in blocks, so that nothing but the new lists takes memory. A search then
        reads as many lists as the target recall needs.
        """
        held = self._ready()
        self._trained_on = len(self) + len(numbers)
        lists = round(_LISTS_A_ROOT * self._trained_on**0.5)
        step = max(1, self._trained_on // (_TRAINING_VECTORS_A_LIST * lists))
        parts = [part[::step].copy() for _, part in _contents(held)]  # views keep all of it
        sample = np.concatenate([*parts, vectors[::step]])
        self._index = _many_lists(sample, lists)
        for some_numbers, some in _contents(held):
            self._index.add_with_ids(some, some_numbers)
        self._index.add_with_ids(vectors, numbers)
        self.recall_at_10 = _tune(self._index, sample[:: -(-len(sample) // _RECALL_QUERIES)])


def _faiss() -> Any:
    """Import FAISS where it is first used; its own annotations miss half of it."""
    import faiss

    return faiss


def _one_list(dimension: int) -> Any:
    """Make an index that looks at all vectors, as they are.

    It is a list like the many later ones rather than FAISS's flat index, which starts threads for
    each search: on busy cores they wait for each other twenty times longer than the search takes.
    """
    faiss = _faiss()
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(np.zeros((1, dimension), dtype=np.float32))
    index = faiss.IndexIVFFlat(quantizer, dimension, 1, faiss.METRIC_INNER_PRODUCT)
    index.set_direct_map_type(faiss.DirectMap.Hashtable)  # finds a number without a look at all
    return index


def _many_lists(sample: Vectors, lists: int) -> Any:
    """Make empty inverted lists around the centroids of some vectors."""
    faiss = _faiss()
    dimension = sample.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.by_residual = False  # so that the codes are the vectors themselves
    index.cp.niter = _TRAINING_ROUNDS
    index.cp.max_points_per_centroid = len(sample)  # it is small enough
    index.cp.min_points_per_centroid = 1
    index.train(sample)
    index.set_direct_map_type(faiss.DirectMap.Hashtable)
    return index


def _tune(index: Any, sample: Vectors) -> float:
    """Double the lists that a search reads until it finds enough of the ten nearest.

    Questions lie between the passages. Passages would be found too easily to stand for them, so
    the queries are sums of three.

    Returns:
        The share found of the ten nearest, (0, 1].
    """
    queries = sample + np.roll(sample, 1, axis=0) + np.roll(sample, 2, axis=0)
    index.nprobe = index.nlist
    exact, _ = index.search(queries, 10)
    index.nprobe = max(1, index.nlist // _LISTS_A_PROBE)
    while True:
        found, _ = index.search(queries, 10)
        recall = float((found >= exact[:, -1:]).mean())  # by score: any of equal ones may be found
        if recall >= _TARGET_RECALL or index.nprobe == index.nlist:
            return recall
        index.nprobe = min(2 * index.nprobe, index.nlist)


def _search(
    index: Any, vector: Vectors, k: int, *, lists: int, selector: Any = None
) -> tuple[Numbers, Vectors]:
    params = _faiss().SearchParametersIVF(nprobe=lists, sel=selector)
    scores, numbers = index.search(np.ascontiguousarray(vector[np.newaxis]), k, params=params)
    held = numbers[0] >= 0
    return numbers[0][held], scores[0][held]


def _ends_tied(scores: Vectors, k: int) -> bool:
    return len(scores) > k and scores[k - 1] == scores[-1]


def _numbers_of(index: Any) -> Numbers:
    """Return copies of all numbers, list after list."""
    lists, faiss = index.invlists, _faiss()
    sizes = [(number, lists.list_size(number)) for number in range(index.nlist)]
    parts = [faiss.rev_swig_ptr(lists.get_ids(number), size) for number, size in sizes if size]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _contents(index: Any) -> Iterator[tuple[Numbers, Vectors]]:
    """Yield all numbers and copies of their vectors, a block at a time."""
    lists, faiss = index.invlists, _faiss()
    width = np.float32 if isinstance(index, faiss.IndexIVFFlat) else np.float16
    for number in range(index.nlist):
        if size := lists.list_size(number):
            numbers = faiss.rev_swig_ptr(lists.get_ids(number), size)
            codes = faiss.rev_swig_ptr(lists.get_codes(number), size * lists.code_size)
            vectors = codes.view(width).reshape(size, index.d)
            for start in range(0, size, _BLOCK):
                block = slice(start, start + _BLOCK)
                yield numbers[block], vectors[block].astype(np.float32)
