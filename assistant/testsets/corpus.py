"""The documents that come with a test set → Documents, indexed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from assistant.testsets.records import CorpusDocument
from index import documents
from index.batches import add_documents
from index.embedding import Embedder
from index.events import Committed
from index.records import BlockKind, Document, Extraction, SourceBlock
from index.store import Store

CORPUS_ROOT = "corpus"
_PARAGRAPH = re.compile(r"\S.*?(?=\s*\n[^\S\n]*\n|\s*\Z)", re.DOTALL)


def index_corpus(
    store: Store, corpus: Iterable[CorpusDocument], embedder: Embedder | None
) -> Iterator[Committed]:
    """Index a test set's documents, batch by batch.

    Raises:
        IndexLockedError: Another writer is at work.
    """
    return add_documents(store, map(make_document, corpus), embedder=embedder)


def make_document(given: CorpusDocument) -> Document:
    """Make the document to index: its path is its id, and its text is taken for plain paragraphs.

    Nothing is looked for in the text, neither headings nor lists: a test set's text has no layout.
    """
    blocks = tuple(
        SourceBlock(BlockKind.PARAGRAPH, (match.span(),))
        for match in _PARAGRAPH.finditer(given.text)
    )
    extraction = Extraction(given.text, blocks, "text/plain", "corpus/1", given.title)
    return documents.make_document(
        documents.encodable(extraction),
        root=CORPUS_ROOT,
        path=given.id,
        sha256=sha256(given.text.encode(errors="surrogatepass")).hexdigest(),
    )
