"""Hostile folders: links, pipes, devices, names, and files that do not stand still."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import CDLL, POINTER, Structure, byref, c_int, c_uint32, get_errno
from pathlib import Path
from threading import Event, Thread

from torture.hostile_cases import Case, Surroundings

_TEXT = b"It was signed in Paris on 27 May 1997.\n"
_CAPABILITIES = 0x20080522  # version 3 of the call's structures
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
_NAMES = {
    b"line\nend.txt": "committed",
    b"\x1b[2J\x1b[31mred.txt": "committed",
    b"bell\x07 tab\t return\r.txt": "committed",
    b"\xc2\x9bc1.txt": "committed",
    "turned \u202etxt.exe.txt".encode(): "committed",
    b"quote\"'`$(reboot).txt": "committed",
    b"back\\slash.txt": "committed",
    b"-rf.txt": "committed",
    b" .txt": "committed",
    b"a" * 251 + b".txt": "committed",
    b"latin-\xe9.txt": "skipped: .*UTF-8",
    b"torn-\xed\xa0\x80.txt": "skipped: .*UTF-8",
}


def place_cases() -> list[Case]:
    """Return the cases."""
    shaky = "committed|unchanged|failed|skipped|nothing"
    return [
        Case(
            "links",
            _links,
            {
                "out.txt": "skipped: a link that leads out",
                "up": "skipped: a link that leads out",
                "loop": "skipped: a link to a folder",
                "to.txt": "skipped: a link that leads to itself",
                "fro.txt": "skipped: a link that leads to itself",
                "inside.txt": "committed",
                "zero.txt": "skipped: a link that leads out",
                "long.txt": "skipped",
            },
        ),
        Case(
            "pipes and sockets",
            _pipes,
            {
                "pipe.txt": "skipped: no regular file",
                "socket.pdf": "skipped: no regular file",
                **({"zero.md": "skipped: no regular file"} if _makes_devices() else {}),
            },
        ),
        Case("names", _names, {_shown(name): fate for name, fate in _NAMES.items()}),
        Case("a deep folder", _deep, {"d" * 100: "skipped: File name too long"}),
        Case(
            "a folder without rights",
            _closed,
            {
                "closed": "skipped: Permission denied",
                "closed.txt": "failed: Permission denied",
            },
            _without_overrides,
        ),
        Case("files that change", _still, {f"{n}.txt": shaky for n in range(20)}, _changing),
        Case(
            "files that become pipes and links",
            _still,
            {f"{n}.txt": shaky for n in range(20)},
            _swapping,
        ),
    ]


def _shown(name: bytes) -> str:
    return name.decode(errors="backslashreplace")


def _links(around: Surroundings) -> None:
    folder = around.folder
    (folder / "inside.txt").symlink_to("bystander.txt")
    (folder / "out.txt").symlink_to(around.secret)
    (folder / "up").symlink_to("..")
    (folder / "loop").symlink_to(".")
    (folder / "to.txt").symlink_to("fro.txt")
    (folder / "fro.txt").symlink_to("to.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "long.txt").symlink_to("a/" * 2000 + "b")


def _pipes(around: Surroundings) -> None:
    os.mkfifo(around.folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as bound:
        place = Path.cwd()
        os.chdir(around.folder)  # a socket's address is at most 107 bytes long
        try:
            bound.bind("socket.pdf")
        finally:
            os.chdir(place)
    if _makes_devices():
        os.mknod(around.folder / "zero.md", stat.S_IFCHR | 0o666, os.makedev(1, 5))


def _makes_devices() -> bool:
    return os.geteuid() == 0


def _names(around: Surroundings) -> None:
    for name in _NAMES:
        Path(os.fsdecode(os.fsencode(around.folder) + b"/" + name)).write_bytes(_TEXT)


def _deep(around: Surroundings) -> None:
    """Make folders in folders, past the longest path that the system takes."""
    place = Path.cwd()
    os.chdir(around.folder)
    try:
        for _ in range(200):
            Path("d" * 100).mkdir()
            os.chdir("d" * 100)
        Path("deepest.txt").write_bytes(_TEXT)
    finally:
        os.chdir(place)


def _closed(around: Surroundings) -> None:
    (around.folder / "closed").mkdir()
    (around.folder / "closed" / "inner.txt").write_bytes(_TEXT)
    (around.folder / "closed.txt").write_bytes(_TEXT)
    for name in ("closed", "closed.txt"):
        (around.folder / name).chmod(0)


class _Header(Structure):
    _fields_ = (("version", c_uint32), ("pid", c_int))


class _Sets(Structure):
    _fields_ = (("effective", c_uint32), ("permitted", c_uint32), ("inheritable", c_uint32))


@contextmanager
def _without_overrides(around: Surroundings) -> Iterator[None]:
    """Let this thread do without root's right to read everything."""
    library, sets = CDLL("libc.so.6", use_errno=True), (_Sets * 2)()
    header = _Header(_CAPABILITIES, 0)
    library.capset.argtypes = library.capget.argtypes = (POINTER(_Header), POINTER(_Sets))
    if library.capget(byref(header), sets):
        raise OSError(get_errno(), "capget")
    had = sets[0].effective
    sets[0].effective = had & ~_OVERRIDES
    library.capset(byref(header), sets)
    try:
        yield
    finally:
        sets[0].effective = had
        library.capset(byref(header), sets)
        (around.folder / "closed").chmod(0o700)


def _still(around: Surroundings) -> None:
    for number in range(20):
        (around.folder / f"{number}.txt").write_bytes(_TEXT * 200)


@contextmanager
def _changing(around: Surroundings) -> Iterator[None]:
    """Write, cut, remove and replace the files all the time."""

    def change(path: Path, turn: int) -> None:
        if turn % 4 == 0:
            path.unlink(missing_ok=True)
        elif turn % 4 == 1:
            path.write_bytes(_TEXT * 300)
        elif turn % 4 == 2:
            os.truncate(path, 20)
        else:
            path.with_suffix(".new").write_bytes(b"Rome. " * 200)
            path.with_suffix(".new").replace(path)

    with _meanwhile(around, change):
        yield


@contextmanager
def _swapping(around: Surroundings) -> Iterator[None]:
    """Put pipes, links to a secret, links to devices and folders in the files' place."""

    def change(path: Path, turn: int) -> None:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.unlink(missing_ok=True)
        if turn % 4 == 0:
            os.mkfifo(path)
        elif turn % 4 == 1:
            path.symlink_to(around.secret)
        elif turn % 4 == 2:
            path.symlink_to("/dev/zero")
        elif turn % 8 == 3:
            path.mkdir()
        else:
            path.write_bytes(_TEXT)

    with _meanwhile(around, change):
        yield


@contextmanager
def _meanwhile(around: Surroundings, change: Callable[[Path, int], None]) -> Iterator[None]:
    stop = Event()

    def run() -> None:
        turn = 0
        while not stop.is_set():
            with suppress(OSError):
                change(around.folder / f"{turn % 20}.txt", turn // 20 + turn)
            turn += 1
            stop.wait(0.001)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for number in range(20):  # so that the folder can be removed, and nothing waits
            with suppress(OSError):
                (around.folder / f"{number}.txt").unlink()
