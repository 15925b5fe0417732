"""The bytes of a file → the Document."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

from index.cleaning import clean
from index.formats import SUFFIXES, extract
from index.records import Document, Extraction
from index.roots import FoundFile

_LINE = "line/1"  # of cleaning and splitting: a new one extracts again
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def document_id(root: str, path: str) -> str:
    """Return the id of a document: of its root's name and its relative POSIX path."""
    return sha256(f"{root}\n{path}".encode()).hexdigest()[:32]


def read_document(data: bytes, file: FoundFile, root: str) -> Document:
    """Make the document of a file's bytes.

    Raises:
        ExtractionError: They cannot be read as one.
    """
    extraction = _encodable(extract(data, file.path))
    text, alignment, blocks = clean(extraction)
    return Document(
        id=document_id(root, file.relative),
        root=root,
        path=file.relative,
        title=extraction.title or file.path.stem,
        media_type=extraction.media_type,
        sha256=sha256(data).hexdigest(),
        source_text=extraction.source_text,
        source_sha256=sha256(extraction.source_text.encode()).hexdigest(),
        text=text,
        alignment=alignment,
        blocks=blocks,
        pages=extraction.pages,
        extractor=versioned(extraction.extractor),
        quality=extraction.quality,
        modified_at=file.stamp.mtime_ns / 1e9,
        published=extraction.published,
        metadata=extraction.metadata,
    )


def current_extractors() -> frozenset[str]:
    """Return what documents are made with today; one made with anything else is made again."""
    return frozenset(versioned(format_.extractor) for format_ in SUFFIXES.values())


def versioned(extractor: str) -> str:
    """Return the version of all that makes a document, from that of its format's reader."""
    return f"{extractor} {_LINE}"


def _encodable(extraction: Extraction) -> Extraction:
    """Put U+FFFD for lone surrogates, which no encoding can write; offsets stay."""
    title, source_text, published = (
        _LONE_SURROGATE.sub("\ufffd", text)
        for text in (extraction.title, extraction.source_text, extraction.published or "")
    )
    metadata = {
        _LONE_SURROGATE.sub("\ufffd", name): _LONE_SURROGATE.sub("\ufffd", value)
        for name, value in extraction.metadata.items()
    }
    return replace(
        extraction,
        title=title.replace("\0", ""),
        source_text=source_text,
        published=published or None,
        metadata=metadata,
    )
