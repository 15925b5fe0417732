"""Which document a name stands for."""

from __future__ import annotations

import os
from pathlib import Path

from index.catalogue.entries import DocumentSummary
from index.catalogue.readings import Reading
from index.errors import UnknownDocumentError


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


def _full_name(document: DocumentSummary) -> str:
    return f"{document.root}/{document.path}"
