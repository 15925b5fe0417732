"""CSV and TSV: every record is a row whose ranges are its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from index.formats.decoding import BYTE_ORDER_MARK, decode
from index.records import BlockKind, Extraction, Range, SourceBlock

EXTRACTOR = "csv/1"
MEDIA_TYPE = "text/csv"

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 50  # records by which the delimiter is chosen
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')
_DOUBLED = re.compile('""')
_NUMBER = re.compile(r"[\s\d.,:/%€$£+-]+")

_Record = list[Range]  # its cells, with quotes and white space around them


def extract_csv(data: bytes, path: Path) -> Extraction:
    """Read a table; its first record is the caption of the rest if it names the columns.

    Raises:
        DamagedDocumentError: The bytes are not text.
    """
    text = decode(data, path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    rows = [row for row in (_shown(text, record) for record in _records(text, delimiter)) if row]
    header = len(rows) > 1 and not any(_NUMBER.fullmatch(text, *cell) for cell in rows[0])
    return Extraction(
        source_text=text,
        blocks=tuple(
            SourceBlock(BlockKind.TABLE_ROW if number or not header else BlockKind.CAPTION, row)
            for number, row in enumerate(rows)
        ),
        media_type=MEDIA_TYPE,
        extractor=EXTRACTOR,
    )


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts most records of a sample into the same number of cells."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(map(len, islice(_records(text, delimiter), _SAMPLE)))
        del widths[1]
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return count, width

    return max(_DELIMITERS, key=agreement)


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    """Yield the records of a table, cell by cell as RFC 4180 has it.

    A quote that is never closed is a character like any other, and so are all after it.
    """
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    at = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    quotes_close = True
    record: _Record = []
    while at < len(text):
        start = at
        if text[at] == '"' and quotes_close:
            quoted = _QUOTED.match(text, at)
            quotes_close = quoted is not None
            at = quoted.end() if quoted else at
        if rest := plain.match(text, at):
            at = rest.end()
        record.append((start, at))
        if text.startswith(delimiter, at):
            at += 1
            continue
        yield record
        record = []
        at += 2 if text.startswith("\r\n", at) else 1
    if record:
        yield record


def _shown(text: str, record: _Record) -> tuple[Range, ...]:
    return tuple(part for cell in record for part in _cell(text, *cell))


def _cell(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield what is shown of a cell: not its quotes, and one of two that stand for one."""
    quoted = end - start > 1 and text[start] == text[end - 1] == '"'
    start, end = start + quoted, end - quoted
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    for doubled in _DOUBLED.finditer(text, start, end) if quoted else ():
        # The outer of the two goes, so that a quoted word stays in one range.
        opening = doubled.start() == start or text[doubled.start() - 1].isspace()
        cut = doubled.start() + (0 if opening else 1)
        if start < cut:
            yield start, cut
        start = cut + 1
    if start < end:
        yield start, end
