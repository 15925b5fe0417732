"""What documents are called: which one a name stands for, and what its file may be named."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from index.catalogue.entries import DocumentSummary
from index.catalogue.readings import Reading
from index.errors import UnknownDocumentError

_LONGEST_STEM = 200  # bytes: most file systems take 255, with what is put behind the name
_LONGEST_SUFFIX = 20  # bytes


def document_named(rows: Reading, name: str) -> DocumentSummary:
    """Find a document by its id, ``root/path``, the path of its file, or its path alone.

    The first of these that fits anything decides.

    Raises:
        UnknownDocumentError: Nothing goes by that name, or more than one document.
    """
    folders = {root.name: root.path for root in rows.roots()}
    file = Path(os.path.abspath(name))  # noqa: PTH100 - a link that is named stays
    documents = rows.documents()
    levels = (
        [found for found in documents if found.id == name],
        [found for found in documents if _full_name(found) == name],
        [found for found in documents if folders[found.root] / found.path == file],
        [found for found in documents if found.path == name],
    )
    fitting = next(filter(None, levels), [])
    if not fitting:
        raise UnknownDocumentError(f"no document or root {name!r} in the index: see its documents")
    if len(fitting) > 1:
        names = ", ".join(map(_full_name, fitting))
        raise UnknownDocumentError(f"{name!r} may be any of {names}: name one of these")
    return fitting[0]


def safe_name(given: str) -> str:
    """Return a readable name for a file: of the folder that it is put into, and not hidden in it.

    Args:
        given: What its sender calls it, which may be a path of any system.
    """
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    shown = "".join(c for c in " ".join(base.split()) if c.isprintable())
    name = Path(shown.strip(". "))
    suffix = name.suffix if len(name.suffix.encode()) <= _LONGEST_SUFFIX else ""
    stem = name.name.removesuffix(suffix).encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{stem}{suffix}" or "document"


def _full_name(document: DocumentSummary) -> str:
    return f"{document.root}/{document.path}"
