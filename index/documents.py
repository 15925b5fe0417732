"""The bytes of a file → the Document."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from index.cleaning import clean
from index.errors import OversizedDocumentError
from index.formats import SUFFIXES, extract
from index.records import Document, Extraction
from index.roots import FoundFile

_LINE = "line/3"  # of cleaning and splitting: a new one extracts again
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def document_id(root: str, path: str) -> str:
    """Return the id of a document: of its root's name and its relative POSIX path."""
    return hashlib.sha256(f"{root}\n{path}".encode()).hexdigest()[:32]


def read_document(data: bytes, file: FoundFile, root: str, most_characters: int) -> Document:
    """Make the document of a file's bytes.

    Raises:
        ExtractionError: They cannot be read as one, or hold more characters than are allowed.
    """
    extraction = encodable(extract(data, file.path))
    if len(extraction.source_text) > most_characters:
        held = f"holds {len(extraction.source_text):,} characters, over {most_characters:,}"
        raise OversizedDocumentError(file.path, f"{held}; split it")
    return make_document(
        replace(extraction, title=extraction.title or file.path.stem),
        root=root,
        path=file.relative,
        sha256=hashlib.sha256(data).hexdigest(),
        modified_at=file.stamp.mtime_ns / 1e9,
    )


def make_document(
    extraction: Extraction, *, root: str, path: str, sha256: str, modified_at: float = 0.0
) -> Document:
    """Clean what was extracted and make the document of it.

    Args:
        extraction: Without lone surrogates, as ``encodable`` returns it.
        root: The name of the root that the document belongs to.
        path: Its place there, POSIX; with the root it gives the document its id.
        sha256: Of the bytes that it was extracted from.
        modified_at: Seconds since the epoch.
    """
    text, alignment, blocks = clean(extraction)
    return Document(
        id=document_id(root, path),
        root=root,
        path=path,
        title=extraction.title,
        media_type=extraction.media_type,
        sha256=sha256,
        source_text=extraction.source_text,
        source_sha256=hashlib.sha256(extraction.source_text.encode()).hexdigest(),
        text=text,
        alignment=alignment,
        blocks=blocks,
        pages=extraction.pages,
        extractor=_versioned(extraction.extractor),
        quality=extraction.quality,
        modified_at=modified_at,
        published=extraction.published,
        metadata=extraction.metadata,
    )


def current_extractors() -> frozenset[str]:
    """Return what documents are made with today; one made with anything else is made again."""
    return frozenset(_versioned(format_.extractor) for format_ in SUFFIXES.values())


def _versioned(extractor: str) -> str:
    """Return the version of all that makes a document, from that of its format's reader."""
    return f"{extractor} {_LINE}"


def encodable(extraction: Extraction) -> Extraction:
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
