"""The documents that come with a test set → Documents, ready to be indexed."""

from __future__ import annotations

import re
from hashlib import sha256

from assistant.evaluation.records import CorpusDocument
from index.cleaning import clean
from index.documents import document_id, versioned
from index.records import BlockKind, Document, Extraction, SourceBlock

CORPUS_ROOT = "corpus"
_PARAGRAPH = re.compile(r"\S.*?(?=\s*\n[^\S\n]*\n|\s*\Z)", re.DOTALL)


def make_document(given: CorpusDocument) -> Document:
    """Make the document to index: its path is its id, and its text is taken for plain paragraphs.

    Nothing is looked for in the text, neither headings nor lists: a test set's text has no layout.
    """
    text = given.text.encode(errors="replace").decode()  # a lone surrogate has no encoding
    blocks = tuple(
        SourceBlock(BlockKind.PARAGRAPH, (match.span(),)) for match in _PARAGRAPH.finditer(text)
    )
    extraction = Extraction(text, blocks, "text/plain", versioned("corpus/1"), given.title)
    reading_text, alignment, reading_blocks = clean(extraction)
    digest = sha256(text.encode()).hexdigest()
    return Document(
        id=document_id(CORPUS_ROOT, given.id),
        root=CORPUS_ROOT,
        path=given.id,
        title=given.title,
        media_type=extraction.media_type,
        sha256=digest,
        source_text=text,
        source_sha256=digest,
        text=reading_text,
        alignment=alignment,
        blocks=reading_blocks,
        pages=(),
        extractor=extraction.extractor,
        quality=extraction.quality,
        modified_at=0.0,
        published=None,
        metadata={},
    )
