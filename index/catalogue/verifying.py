"""Whether an index keeps its promises: the invariants of its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from index.catalogue.readings import Reading
from index.errors import IndexDamagedError
from index.records import Document, Passage


def document_problems(rows: Reading) -> Iterator[str]:
    """Yield what is wrong with the documents and passages of a catalogue, a line each."""
    for summary in rows.documents():
        name = f"{summary.root}/{summary.path}"
        try:
            document = rows.document(summary.id)
        except (IndexDamagedError, ValueError) as error:
            yield f"{name}: {error}"
            continue
        passages = rows.passages_of(summary.id)
        if len(passages) != summary.passages:
            yield f"{name}: {len(passages)} passages where {summary.passages} were committed"
        for passage in passages:
            if not _slices(document, passage):
                yield f"{name}: passage {passage.id} is not what its document says there"


def _slices(document: Document, passage: Passage) -> bool:
    return document.text[passage.start : passage.end] == passage.text and all(
        passage.start <= start <= end <= passage.end for start, end in passage.sentences
    )
