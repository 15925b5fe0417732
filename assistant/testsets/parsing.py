"""What the formats of test sets share: files that may be gzipped, and fields that may be wrong."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import TestSetError
from index.records import Range

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a test set something stands, for the error that is about it."""

    path: Path
    where: str

    def error(self, fault: str) -> TestSetError:
        """Return the error to raise: what is wrong here and what to do about it."""
        return TestSetError(f"{self.path}: {self.where}: {fault}")


Refuse = Callable[[Place, TestSetError], None]  # what to do about a line that cannot be read


def stop(_: Place, error: TestSetError) -> None:
    """Read no further: raise what is wrong with a line."""
    raise error


def read_text(path: Path) -> str:
    """Return a file's text, unpacked if it is gzipped, whatever its suffix.

    Raises:
        TestSetError: It is not there, damaged, or not UTF-8.
    """
    try:
        data = path.read_bytes()
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise TestSetError(f"{path}: there is no such file or folder; check the path") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TestSetError(f"{path}: line {line}: not UTF-8; save the file as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise TestSetError(f"{path}: cannot be read ({error}); get a whole copy of it") from None


def read_object(path: Path) -> Mapping[str, Any]:
    """Return the JSON object that a file, gzipped or not, consists of.

    Raises:
        TestSetError: It cannot be read or is something else.
    """
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise TestSetError(f"{path}: not JSON ({error}); give a file in SQuAD's format") from None
    if not isinstance(value, dict):
        raise TestSetError(f"{path}: not a JSON object; give a file in SQuAD's format")
    return value


def read_lines(
    path: Path, text: str, refuse: Refuse = stop
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield the object on each line that is not blank, and where it stands.

    Args:
        path: The file.
        text: What stands in it.
        refuse: Called with each line that is not a JSON object; the next ones are read if it
            returns.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = Place(path, f"line {number}")
        try:
            record = _object(place, line)
        except TestSetError as error:
            refuse(place, error)
        else:
            yield place, record


def _object(place: Place, line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise place.error(f"not JSON ({error}); each line is one JSON object") from None
    if not isinstance(value, dict):
        raise place.error("not a JSON object; each line is one JSON object")
    return value


def is_torn(text: str) -> bool:
    """Tell whether a text holds a lone surrogate or a NUL: JSON can write both.

    The one cannot be encoded, and the other ends a string in C.
    """
    try:
        return b"\0" in text.encode()
    except UnicodeEncodeError:
        return True


def text_field(place: Place, record: Mapping[str, Any], name: str) -> str:
    """Return a field that must be a string with something in it.

    Raises:
        TestSetError: The field is missing, blank or not a string.
    """
    value = record.get(name)
    if not isinstance(value, str) or not value.strip():
        raise place.error(f'"{name}" is missing or blank; give it as a string')
    return value


def optional_text(place: Place, record: Mapping[str, Any], name: str) -> str | None:
    """Return a field that is a string, or None where it is absent or null.

    Raises:
        TestSetError: The field holds something else.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise place.error(f'"{name}" is not a string; give it as one or leave it out')
    return value


def id_field(place: Place, record: Mapping[str, Any], name: str) -> str:
    """Return an id, which may be written as a string or as a whole number.

    Raises:
        TestSetError: The field is missing, blank or something else.
    """
    value = record.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_field(place, record, name)


def list_field(place: Place, record: Mapping[str, Any], name: str) -> list[Any]:
    """Return a field that must be a list.

    Raises:
        TestSetError: The field is missing or not a list.
    """
    value = record.get(name)
    if not isinstance(value, list):
        raise place.error(f'"{name}" is missing or not a list; give it as a list')
    return value


def objects_field(place: Place, record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a field that must be a list of JSON objects.

    Raises:
        TestSetError: The field is missing, not a list, or holds something else.
    """
    values = list_field(place, record, name)
    if not all(isinstance(value, dict) for value in values):
        raise place.error(f'"{name}" holds something that is not a JSON object')
    return values


def ranges_field(place: Place, record: Mapping[str, Any], name: str) -> tuple[Range, ...]:
    """Return a field that is a list of half-open ranges, or none where it is absent or null.

    Raises:
        TestSetError: The field holds something else.
    """
    if record.get(name) is None:
        return ()
    ranges = []
    for value in list_field(place, record, name):
        match value:
            case [int(start), int(end)] if 0 <= start < end:
                ranges.append((start, end))
            case _:
                raise place.error(f'"{name}" is not a list of [start, end] in characters')
    return tuple(ranges)
