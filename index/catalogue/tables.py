"""The catalogue's tables, and how records become rows of them.

Texts of documents are stored as their UTF-8 bytes, offsets as packed little-endian 32-bit integers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from index.database.types import Text, Utf8

FORMAT = 4  # of the tables below: a change that old code cannot read raises it, by a migration
OLDEST = 1  # format that can be brought to the present one


_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only

metadata = MetaData()

state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1: the table has one row
    Column("format", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("history", Integer, nullable=False),  # the generation at which caches were last saved
    Column("embedder", Text, nullable=False),  # whose vectors these are; "" before the first
    Column("dimension", Integer, nullable=False),
    Column("embedded_since", Integer, nullable=False),  # when that embedder was adopted
    Column("uploads", Text, nullable=False, server_default=""),  # mark of the folder; "" at first
)

# What changed after the first of them is known.
commits = Table(
    "commits",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("mark", Text, nullable=False),  # random: no other commit anywhere has it
)

roots = Table(
    "roots",
    metadata,
    Column("name", Text, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("seal", LargeBinary, nullable=False, server_default=""),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("root", ForeignKey("roots.name", ondelete="CASCADE"), nullable=False),
    Column("path", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("source_sha256", Text, nullable=False),
    Column("extractor", Text, nullable=False),
    Column("quality", Float, nullable=False),
    Column("modified_at", Float, nullable=False),
    Column("published", Text),
    Column("metadata", JSON, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("seen_ns", BigInteger, nullable=False),  # when the file was looked at
    Column("embedder", Text, nullable=False),  # "" where it has no vectors
    Column("generation", Integer, nullable=False),
    Column("indexed_at", Float, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("passage_count", Integer, nullable=False),
    # The wide columns come last: a list of documents is read without touching them.
    Column("pages", LargeBinary, nullable=False),
    Column("blocks", JSON, nullable=False),
    Column("alignment", LargeBinary, nullable=False),
    Column("text", Utf8, nullable=False),
    Column("source_text", Utf8, nullable=False),
    Column("seal", LargeBinary, nullable=False, server_default=""),
    UniqueConstraint("root", "path"),
)

passages = Table(
    "passages",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Utf8, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("section", JSON, nullable=False),
    Column("key", LargeBinary),  # digest of the searched text; null where it has no vector
    Column("generation", Integer, nullable=False),
    Column("seal", LargeBinary, nullable=False, server_default=""),
    Index("passages_of_document", "document_id"),
    Index("passages_by_generation", "generation"),
    Index("passages_by_key", "key"),
    sqlite_autoincrement=True,  # a number is never given twice, so a cache cannot mistake it
)

vectors = Table(
    "vectors",
    metadata,
    Column("number", ForeignKey("passages.number", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian, and their CRC-32
)

removed = Table(
    "removed",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("added", Integer, nullable=False),  # the generation that the passage came with
    Column("generation", Integer, nullable=False),  # the one that it went with
    Index("removed_by_generation", "generation"),
)

hidden = Table(
    "hidden",
    metadata,
    Column("root", ForeignKey("roots.name", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
)

# What BM25 takes from all passages, as it was when they were last counted; see ``searching``.
statistics = Table(
    "statistics",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # the table has one row
    Column("generation", Integer, nullable=False),  # that was counted
    Column("passages", Integer, nullable=False),
    Column("average_length", Float, nullable=False),
    Column("average_idf", Float, nullable=False),
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # the term's dimension, from 1
    Column("hash", BigInteger, nullable=False, unique=True),  # a term may be too long for a key
    Column("frequency", Integer, nullable=False),  # passages that held it when they were counted
)

collections = Table(
    "collections",
    metadata,
    Column("name", Text, primary_key=True),  # on the search server
    Column("embedder", Text, nullable=False),
    Column("generation", Integer, nullable=False),  # that it has reached
    Column("mark", Text, nullable=False),  # of the commit that made the generation
    Column("is_searched", Boolean, nullable=False),  # one is; others are being made, or to go
    Column("since", Float, nullable=False),  # seconds since the epoch
)

shards = Table(
    "shards",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("run", Text, nullable=False),  # digest of the paths that it indexes
    Column("files", JSON, nullable=False),  # pairs of a root's name and a path relative to it
    Column("is_alone", Integer, nullable=False),  # 1: nothing else is handed out beside it
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),  # that ended with the worker's death
    Column("worker", Text, nullable=False),  # the last that had it; "" before the first
    Column("planned_at", Float, nullable=False),
    Column("finished_at", Float),
)


# What a seal covers: all but what later changes without the row being written anew.
_UNSEALED = frozenset(
    "modified_at size mtime_ns ctime_ns seen_ns indexed_at embedder key generation number "
    "source_text seal".split()  # the text has a digest of its own, which is sealed
)
SEALED_ROOT = ("name", "path")
SEALED_DOCUMENT = tuple(name for name in documents.c.keys() if name not in _UNSEALED)  # noqa: SIM118
SEALED_PASSAGE = tuple(name for name in passages.c.keys() if name not in _UNSEALED)  # noqa: SIM118


def seal(row: Mapping[Any, Any], names: Sequence[str]) -> bytes:
    """Return the digest of a row's values under these names: changed ones have another."""
    digest = sha256()
    for name in names:
        kind, value = type(row[name]).__name__, _as_bytes(row[name])
        digest.update(f"{kind} {len(value)} ".encode() + value)
    return digest.digest()[:16]


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value, sort_keys=True).encode()


def seal_vector(vector: bytes) -> bytes:
    """Return a vector's bytes with their CRC-32 behind them."""
    return vector + crc32(vector).to_bytes(4, "little")


def unseal_vector(sealed: bytes) -> bytes:
    """Return a vector's bytes; raises ValueError where they are not what was sealed."""
    vector = sealed[:-4]
    if seal_vector(vector) != sealed:
        raise ValueError("a vector is not what was committed")
    return vector


def pack(rows: Iterable[Sequence[int]]) -> bytes:
    """Pack rows of integers below 2^31 into little-endian 32-bit bytes."""
    return np.asarray(list(rows), dtype="<i4").tobytes()


def unpack(packed: bytes, width: int) -> list[list[int]]:
    """Unpack what ``pack`` packed, as rows of ``width`` integers."""
    rows: list[list[int]] = np.frombuffer(packed, dtype="<i4").reshape(-1, width).tolist()
    return rows
