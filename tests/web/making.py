"""A folder of small documents, its index, and an assistant whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from threading import Event

import numpy as np
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

from assistant.answering import Assistant
from assistant.records import Span
from index.documents import document_id
from index.ingest import index
from index.records import Hit
from index.store import Store
from torture.models import HashingEmbedder

_FILLER = "Of its rules, <i>many</i> are still in use & none was ever written down.\n\n"
COUNCIL = (
    f"# The council\n\n{_FILLER * 60}## Its seat\n\n"
    "The council met in Rome in May 2002. Rome was chosen because only Rome had a hall.\n\n"
    f"{_FILLER * 60}"
)
SCRIPT = 'The key is <script>document.title = "owned"</script> & <img src=x onerror=alert(1)>.\n'
PAPER = (
    ("A treaty of two pages", "", "Nothing is said here."),
    ("The treaty was signed in Paris", "on 27 May 1997 by all of them.", "", "It still holds."),
)
COUNCIL_ID, SCRIPT_ID, PAPER_ID = (
    document_id("documents", path) for path in ("council.md", "script.txt", "treaty.pdf")
)
# A word of the question; what stands before the quote in its passage; the quote; its logit.
_QUOTES = (
    ("disputed", "met in ", "Rome", -0.3),
    ("disputed", "signed in ", "Paris", -0.4),
    ("chosen", "because only ", "Rome", 2.59),
    ("council", "met in ", "Rome", 2.59),
    ("key", "is ", SCRIPT[11:-2], 2.59),
    ("signed", "signed in Paris ", "on 27 May 1997", 0.5),
)


class QuoteReader:
    """Reads a known quote out of the passages; with another question it finds nothing."""

    name = "quotes"

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        asked = next((word for word, *_ in _QUOTES if word in question), None)
        return [
            Span(start := hit.passage.start + at + len(before), start + len(quote), score, hit)
            for word, before, quote, score in _QUOTES
            for hit in hits
            if word == asked and (at := hit.passage.text.find(before + quote)) >= 0
        ]


class WaitingEmbedder(HashingEmbedder):
    """Waits over a text in which "the notes say so", until it is told to go on."""

    def __init__(self) -> None:
        self.waits, self.goes_on = Event(), Event()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("the notes say so" in text for text in texts):
            self.waits.set()
            assert self.goes_on.wait(timeout=60)
        return super().embed(texts)


def write_documents(folder: Path) -> None:
    """Write the documents into a new folder."""
    folder.mkdir()
    (folder / "council.md").write_bytes(COUNCIL.encode())
    (folder / "script.txt").write_bytes(SCRIPT.encode())
    (folder / "treaty.pdf").write_bytes(make_pdf(PAPER))


def fill(store: Store, folder: Path) -> Assistant:
    """Index a folder, to be searched by keywords, and return an assistant of it."""
    for _ in index(store, [folder], embedder=None):
        pass
    return Assistant(store, None, QuoteReader())


def send(client: FlaskClient, name: str, data: bytes, **headers: str) -> TestResponse:
    """Send a file to be indexed, as a page's form does."""
    return client.post("/documents", data={"file": (BytesIO(data), name)}, headers=headers)


def make_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Make a PDF of small pages, 300 points wide and 200 high, with these lines."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    numbers = [4 + 2 * at for at in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 300 200] "
        "/Resources << /Font << /F1 3 0 R >> >> >>",
        font,
    ]
    for number, lines in zip(numbers, pages, strict=True):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        content = f"BT /F1 12 Tf 14 TL 20 170 Td {shown} ET"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {number + 1} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    return _joined(objects)


def _joined(objects: Sequence[str]) -> bytes:
    """Number the objects of a PDF and add the table of where each begins."""
    body, offsets = "%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
