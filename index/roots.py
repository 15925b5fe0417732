"""Which files a path given for indexing stands for, and which of them are passed over and why."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from index.catalogue.entries import Root, Stamp

UPLOADS = "uploads"  # in the index folder: the root of files that were added in the chat page

_LONGEST_PATH = 1000  # bytes: with its root's name, and escaped, PostgreSQL's keys take 2,704


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a root that is synced: all of it, a folder below it, or one file."""

    root: Root
    path: Path  # absolute; the root's own, or one below it

    @property
    def prefix(self) -> PurePosixPath:
        """Where it lies, relative to its root."""
        return PurePosixPath(self.path.relative_to(self.root.path).as_posix())

    def holds(self, relative: str) -> bool:
        """Tell whether a file of the root, by its relative path, belongs to it."""
        return PurePosixPath(relative).is_relative_to(self.prefix)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be indexed."""

    path: Path
    relative: str  # to its root, POSIX
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in a scope."""

    files: tuple[FoundFile, ...]  # by relative path
    passed_over: tuple[tuple[str, str], ...]  # path and reason
    unreadable: tuple[str, ...] = ()  # relative paths that could not be looked at
    exists: bool = True

    def is_unsure_of(self, relative: str) -> bool:
        """Tell whether a file may be there although it was not found."""
        return any(PurePosixPath(relative).is_relative_to(place) for place in self.unreadable)


@dataclass(frozen=True, slots=True)
class ScanRules:
    """Which files are looked at.

    Attributes:
        suffixes: Of the formats that can be read, lower case, with their dot.
        max_bytes: Larger files are passed over.
        index: The index folder, resolved: it is never entered.
        roots: The other roots, resolved: a scan of what lies around them does not enter them.
    """

    suffixes: Collection[str]
    max_bytes: int
    index: Path
    roots: Collection[Path] = ()


def scope_of(path: Path, roots: Collection[Root]) -> Scope:
    """Return the scope of a path: within a root that holds it, else as a new root.

    A new root is the folder, or the folder of the file.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - a link that is named stays
    holders = [root for root in roots if path.is_relative_to(root.path)]
    if holders:
        return Scope(max(holders, key=lambda root: len(root.path.parts)), path)
    return Scope(new_root(path.parent if path.is_file() else path, roots), path)


def new_root(folder: Path, roots: Collection[Root]) -> Root:
    """Return a root beside others, of its folder's name; where that is taken, a number follows."""
    taken = {root.name for root in roots}
    base = folder.name or "documents"
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return Root(next(name for name in names if name not in taken), folder)


def scan(scope: Scope, rules: ScanRules) -> Scan:
    """Find the files of a scope; links out of its root are not followed, nor links to folders."""
    if not scope.path.exists():
        return Scan((), (), exists=False)
    files: list[FoundFile] = []
    passed_over: list[tuple[str, str]] = []
    unreadable: list[str] = []
    hidden = 0
    pending = [scope.path]
    while pending:
        path = pending.pop()
        if path.name.startswith(".") and path != scope.path:
            hidden += 1
            continue
        try:
            found = _look_at(path, scope, rules)
        except FileNotFoundError:
            continue  # gone since its folder was listed
        except OSError as error:
            found = error.strerror or str(error)
            unreadable.append(path.relative_to(scope.root.path).as_posix())
        if isinstance(found, FoundFile):
            files.append(found)
        elif isinstance(found, str):
            passed_over.append((printable(path.relative_to(scope.root.path)), found))
        else:
            pending += found
    if hidden:
        reason = f"{hidden} hidden here and below (names that begin with a dot)"
        passed_over.append((printable(scope.path), reason))
    files.sort(key=lambda file: file.relative)
    return Scan(tuple(files), tuple(sorted(passed_over)), tuple(unreadable))


def read_file(path: Path, root: Path, max_bytes: int) -> bytes:
    """Read a file of a root, whatever has been put in its place since it was found.

    What it opens never makes it wait, and is read only when it proves to be a file in the root.

    Raises:
        OSError: It is gone, no regular file any more, out of the root, or larger than that.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file any more")
        place = os.path.realpath(path)
        inside = Path(place).is_relative_to(os.path.realpath(root))
        if not inside or not os.path.samestat(status, os.lstat(place)):
            raise OSError(errno.EXDEV, "it was moved or linked elsewhere while it was read")
        data = opened.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OSError(errno.EFBIG, "it has grown over the limit while it was looked at")
    return data


def printable(path: Path) -> str:
    """Return a path as text that any encoding can write."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _look_at(path: Path, scope: Scope, rules: ScanRules) -> FoundFile | str | list[Path]:
    """Return the file, or why it is passed over, or what lies in the folder."""
    status = path.stat() if path == scope.root.path else path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return _follow(path, scope, rules)
    if stat.S_ISDIR(status.st_mode):
        return _enter(path, scope, rules)
    return _look_at_file(path, status, scope, rules)


def _enter(path: Path, scope: Scope, rules: ScanRules) -> str | list[Path]:
    place = path.resolve()
    if place == rules.index:
        return []
    if place in rules.roots and path != scope.path:
        return "a root of its own: index it by its own path"
    return list(path.iterdir())


def _follow(path: Path, scope: Scope, rules: ScanRules) -> FoundFile | str:
    try:
        target = path.resolve()
    except RuntimeError:  # Python 3.11 and 3.12 say so of links that lead to each other
        return "a link that leads to itself, not followed"
    if not target.is_relative_to(scope.root.path.resolve()):
        return "a link that leads out of the folder, not followed"
    if not target.is_file():
        return "a link to a folder or to nothing, not followed"
    return _look_at_file(path, target.stat(), scope, rules)


def _look_at_file(
    path: Path, status: os.stat_result, scope: Scope, rules: ScanRules
) -> FoundFile | str:
    relative = path.relative_to(scope.root.path).as_posix()
    if not _is_encodable(relative):
        return "its name is no valid UTF-8: rename it"
    if len(relative.encode()) > _LONGEST_PATH:
        return f"its path is over {_LONGEST_PATH} bytes long: move it up, or shorten names"
    if not stat.S_ISREG(status.st_mode):
        return "no regular file"
    if path.suffix.lower() not in rules.suffixes:
        return f"no reader for {path.suffix.lower() or 'a file without a suffix'}"
    if status.st_size > rules.max_bytes:
        mebibytes, limit = status.st_size / 2**20, rules.max_bytes / 2**20
        return f"{mebibytes:.1f} MiB, over the limit of {limit:g} MiB"
    return FoundFile(path, relative, Stamp.of(status))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
