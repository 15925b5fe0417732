"""Documents small enough to work out by hand what an index must hold of them."""

from __future__ import annotations

from hashlib import sha256

from index.documents import document_id
from index.records import AlignedRun, Alignment, Block, BlockKind, Document, Page, Passage


def tiny_document(path: str, text: str, *, root: str = "notes", title: str = "") -> Document:
    """Make a document of one paragraph whose reading text is its source text."""
    digest = sha256(text.encode()).hexdigest()
    return Document(
        id=document_id(root, path),
        root=root,
        path=path,
        title=title,
        media_type="text/plain",
        sha256=digest,
        source_text=text,
        source_sha256=digest,
        text=text,
        alignment=Alignment((AlignedRun(0, len(text), 0, len(text)),)),
        blocks=(Block(BlockKind.PARAGRAPH, 0, len(text)),),
        pages=(Page(1, 0, len(text)),),
        extractor="text/1",
        quality=0.5,
        modified_at=1.5,
        published="2002-05-28",
        metadata={"author": "A"},
    )


def tiny_passage(document: Document, start: int, end: int) -> Passage:
    """Make a passage of one sentence."""
    return Passage(
        id=f"{document.id}:{start}",
        document_id=document.id,
        start=start,
        end=end,
        text=document.text[start:end],
        sentences=((start, end),),
        section=("Part", "One"),
    )
