"""One collection on a Milvus server: passages by number, with a dense and a sparse vector each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import SearchServerError
from index.fusion import Ranking
from index.milvus.server import MilvusServer

MOST = 16_384  # hits of one search, and numbers in one filter: Milvus takes no more

Sparse = Mapping[int, float]  # weights by dimension, which is the term's id

_INDEXES = {"dense": "AUTOINDEX", "sparse": "SPARSE_INVERTED_INDEX"}
_METRIC = "IP"
_STRONG = {"consistency_level": "Strong"}  # a search sees all that was written before it
_HEADING = "assistant.heading"  # the property of a collection
_NO_TERM = 0  # the dimension of a passage without terms: a sparse vector must not be empty
_LEAST_DIMENSION = 2
_MOST_BYTES = 16 * 2**20  # of an upsert; a server takes 64 MiB at most, with all that is around it


class MilvusCollection:
    """A collection by its name, whether it is there or not."""

    def __init__(self, server: MilvusServer, name: str) -> None:
        self.name = name
        self._server = server

    def __len__(self) -> int:
        rows = self._call("query", filter="", output_fields=["count(*)"], **_STRONG)
        return int(rows[0]["count(*)"])

    def is_there(self) -> bool:
        """Tell whether the server has it, and see to it that it can be searched."""
        if not self._call("has_collection"):
            return False
        self._call("load_collection")  # a server that was started again may hold it unloaded
        return True

    def create(self, dimension: int) -> None:
        """Make it, empty, with the indexes that searches need.

        Args:
            dimension: Of dense vectors; 0 where there are none.

        Raises:
            SearchServerError: The server has made other indexes than these.
        """
        self._server.create(self.name, max(dimension, _LEAST_DIMENSION), _INDEXES, _METRIC)
        for field, kind in _INDEXES.items():
            found = self._call("describe_index", field) or {}
            made = tuple(found.get(key) for key in ("index_type", "metric_type", "state"))
            if made != (kind, _METRIC, "Finished"):
                raise SearchServerError(
                    f"Milvus at {self._server.address.url} has made index {made} of {field} where "
                    f"{(kind, _METRIC, 'Finished')} was asked for: use a version that has it"
                )

    def head_for(self, generation: int, mark: str) -> None:
        """Note on the server which commit it is brought to, before anything of it is there."""
        self._call("alter_collection_properties", properties={_HEADING: f"{generation} {mark}"})

    def heading(self) -> tuple[int, str]:
        """Return the generation of that commit and its mark; 0 and "" where none is noted."""
        properties = self._call("describe_collection").get("properties", {})
        generation, _, mark = properties.get(_HEADING, "0 ").partition(" ")
        return int(generation), mark

    def drop(self) -> None:
        """Remove it with all that it holds, if it is there."""
        self._call("drop_collection")

    def upsert(
        self,
        numbers: NDArray[np.int64],
        dense: NDArray[np.float32],
        sparse: Sequence[Sparse],
    ) -> None:
        """Put passages in, in place of those with the same numbers.

        Args:
            numbers: (passages,)
            dense: Normalised vectors, (passages, dimension); zeros where there is none.
            sparse: What each of its terms weighs in each passage, (passages,).
        """
        dense = np.pad(dense, ((0, 0), (0, max(0, _LEAST_DIMENSION - dense.shape[1]))))
        for part in _parts(sparse, 4 * dense.shape[1]):
            rows = [
                {"number": number, "dense": vector, "sparse": dict(weights) or {_NO_TERM: 1.0}}
                for number, vector, weights in zip(
                    numbers[part].tolist(), dense[part], sparse[part], strict=True
                )
            ]
            self._call("upsert", rows)

    def delete(self, numbers: NDArray[np.int64]) -> None:
        """Remove passages; numbers that are not held are passed over."""
        for start in range(0, len(numbers), MOST):
            self._call("delete", ids=numbers[start : start + MOST].tolist())

    def dense(
        self, vector: NDArray[np.float32], k: int, *, among: NDArray[np.int64] | None
    ) -> Ranking:
        """Return the ``k`` nearest to a vector, best first; ``k`` and ``among`` at most MOST."""
        hits = self._search("dense", vector, k, among)
        return _ranking([(hit["number"], hit["distance"]) for hit in hits])

    def sparse(self, query: Sparse, k: int, *, among: NDArray[np.int64] | None) -> Ranking:
        """Return the ``k`` best by inner product with positive weights, likewise."""
        hits = self._search("sparse", dict(query), k, among)
        return _ranking([(hit["number"], hit["distance"]) for hit in hits])

    def weights(
        self, query: Sparse, k: int, *, among: NDArray[np.int64] | None
    ) -> dict[int, Sparse]:
        """Return the sparse vectors of the ``k`` best, by number."""
        hits = self._search("sparse", dict(query), k, among, output_fields=["sparse"])
        return {hit["number"]: hit["entity"]["sparse"] for hit in hits}

    def _search(
        self,
        field: str,
        query: object,
        k: int,
        among: NDArray[np.int64] | None,
        output_fields: Sequence[str] = ("number",),
    ) -> Any:
        if max(k, 0 if among is None else len(among)) > MOST:
            raise ValueError(f"Milvus takes {MOST} hits and numbers at most")
        [hits] = self._call(
            "search",
            data=[query],
            anns_field=field,
            limit=k,
            filter="" if among is None else f"number in {among.tolist()}",
            output_fields=list(output_fields),
            search_params={"metric_type": _METRIC},
            **_STRONG,
        )
        return hits

    def _call(self, name: str, /, *args: Any, **options: Any) -> Any:
        return self._server.call(name, self.name, *args, **options)


def _ranking(hits: list[tuple[int, float]]) -> Ranking:
    numbers = np.array([number for number, _ in hits], np.int64)
    return numbers, np.array([score for _, score in hits], np.float64)


def _parts(sparse: Sequence[Sparse], vector_bytes: int) -> Iterator[slice]:
    """Cut passages into upserts of bounded size."""
    start, size = 0, 0
    for place, weights in enumerate(sparse):
        own = vector_bytes + 8 * len(weights) + 16
        if size + own > _MOST_BYTES and place > start:
            yield slice(start, place)
            start, size = place, 0
        size += own
    if start < len(sparse):
        yield slice(start, len(sparse))
