"""Documents → the peers' passages, by Haystack's splitter: txtai leaves splitting to its user.

The document's title stands above each: our passages are searched and read with theirs, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.testsets.records import CorpusDocument

_WORDS = 200  # the splitter's own default


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document, as it is indexed."""

    document: str  # its id
    text: str


def split(documents: Sequence[CorpusDocument]) -> list[Passage]:
    """Split documents into passages, each with the id of its document."""
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter

    splitter = DocumentSplitter(split_by="word", split_length=_WORDS)
    whole = [
        Document(content=given.text, meta={"name": given.id, "title": given.title})
        for given in documents
        if given.text.strip() or given.title
    ]
    return [
        Passage(part.meta["name"], f"{part.meta['title']}\n{part.content}".lstrip("\n"))
        for part in splitter.run(documents=whole)["documents"]
    ]
