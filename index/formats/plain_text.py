"""Plain text: blocks are found by their layout."""

from __future__ import annotations

from pathlib import Path

from index.formats.decoding import BYTE_ORDER_MARK, decode
from index.formats.front_matter import looks_like_title
from index.layout import find_blocks
from index.records import Extraction

EXTRACTOR = "text/1"
MEDIA_TYPE = "text/plain"


def extract_text(data: bytes, path: Path) -> Extraction:
    """Read a plain text file; its first line is its title if it stands alone like one.

    Raises:
        DamagedDocumentError: The bytes are not text.
    """
    text = decode(data, path)
    mark = ((0, 1),) if text.startswith(BYTE_ORDER_MARK) else ()
    return Extraction(
        source_text=text,
        blocks=find_blocks(text, skipped=mark),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
        title=_title(text),
    )


def _title(text: str) -> str:
    lines = text.removeprefix(BYTE_ORDER_MARK).strip().splitlines()
    alone = len(lines) > 1 and not lines[1].strip()
    return lines[0].strip() if alone and looks_like_title(lines[0].strip()) else ""
