"""Folders in BEIR form: a corpus, queries, and graded judgements.

Source: Thakur et al. 2021, BEIR (https://github.com/beir-cellar/beir).
"""

from __future__ import annotations

from pathlib import Path

from assistant.testsets.parsing import (
    Place,
    id_field,
    is_torn,
    optional_text,
    read_lines,
    read_text,
    text_field,
)
from assistant.testsets.records import Conversation, CorpusDocument, GoldQuestion, Qrels, TestSet
from index.errors import TestSetError

_LARGEST_GRADE = 1_000_000  # or smallest, below 0: trec_eval fails on one that fits no C integer


def read(folder: Path) -> TestSet:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` (or ``qrels/test.tsv``).

    Queries without judgements are left out: nothing can be measured on them.

    Raises:
        TestSetError: A file is missing or malformed; the message names it and the line.
    """
    qrels = _read_qrels(_qrels_file(folder))
    return TestSet(
        folder.name,
        "beir",
        tuple(Conversation((query,)) for query in _read_queries(folder) if query.id in qrels),
        qrels,
        _read_corpus(folder),
    )


def _read_corpus(folder: Path) -> tuple[CorpusDocument, ...]:
    path = _file(folder, "corpus.jsonl")
    documents: dict[str, CorpusDocument] = {}
    for place, record in read_lines(path, read_text(path)):
        name = id_field(place, record, "_id")
        if name in documents:
            raise place.error(f"a second document with the _id {name!r}; give each its own")
        if is_torn(name):
            raise place.error(f"the _id {name!r} holds a NUL or half a character; mend it")
        title = optional_text(place, record, "title") or ""
        documents[name] = CorpusDocument(name, title, optional_text(place, record, "text") or "")
    return tuple(documents.values())


def _read_queries(folder: Path) -> tuple[GoldQuestion, ...]:
    path = _file(folder, "queries.jsonl")
    return tuple(
        GoldQuestion(id_field(place, record, "_id"), text_field(place, record, "text"), None)
        for place, record in read_lines(path, read_text(path))
    )


def _read_qrels(path: Path) -> Qrels:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        fields = line.split("\t")
        is_header = number == 1 and not fields[-1].strip().removeprefix("-").isdecimal()
        if not line.strip() or is_header:
            continue
        place = Place(path, f"line {number}")
        try:
            query, document, written = fields
            grade = int(written)
        except ValueError:
            raise place.error(
                "not three fields with tabs between: query-id, corpus-id, score (a whole number)"
            ) from None
        if abs(grade) > _LARGEST_GRADE:
            raise place.error(f"a score beyond {_LARGEST_GRADE:,}; give grades such as 0, 1 and 2")
        qrels.setdefault(query, {})[document] = grade
    return qrels


def _qrels_file(folder: Path) -> Path:
    found = _existing(folder, "qrels.tsv") or _existing(folder / "qrels", "test.tsv")
    if found:
        return found
    others = sorted((folder / "qrels").glob("*.tsv*"))
    if len(others) == 1:
        return others[0]
    raise TestSetError(
        f"{folder}: no qrels.tsv and no qrels/test.tsv; name the judgements to use so"
    )


def _file(folder: Path, name: str) -> Path:
    path = _existing(folder, name)
    if path is None:
        raise TestSetError(
            f"{folder}: no {name} in it; a folder in BEIR form holds corpus.jsonl, queries.jsonl "
            "and qrels.tsv"
        )
    return path


def _existing(folder: Path, name: str) -> Path | None:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None
