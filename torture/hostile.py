"""Index hostile files, each beside a harmless one, and check that they harm nothing.

``python -m torture.hostile WORD...`` runs the cases whose names hold one of the words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter

from index.errors import ExtractionError, IndexDamagedError
from index.events import Committed, Failed, Skipped, Unchanged
from index.extraction_worker import Limits
from index.formats import SUFFIXES
from index.ingest import index
from index.library import Library
from index.roots import UPLOADS
from index.store import Store
from torture.hostile_archives import archive_cases
from torture.hostile_cases import FULL, Case, Sizes, Surroundings
from torture.hostile_pdfs import pdf_cases
from torture.hostile_places import place_cases
from torture.hostile_texts import text_cases

_BYSTANDER = "bystander.txt"
_SECRET = "The password is swordfish-4711."  # which must not get into the index
_SLACK = 30.0  # seconds beyond what a worker may take: to start it, split its text and commit
_MAX_MEMORY = 6 * 2**30  # bytes that the process itself may take
_LIMITS = Limits()
_UPLOADED_MAX = 8 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Attributes:
        events: What the run said of its files, a line each.
        faults: What should not have been; empty where all is well.
        seconds: That indexing the folder took.
        memory: Bytes, at most, that the process which indexes held meanwhile.
    """

    name: str
    events: tuple[str, ...]
    faults: tuple[str, ...]
    seconds: float
    memory: int


def run(*, seed: int = 0, words: Sequence[str] = ()) -> bool:
    """Index every case at full size and print what became of it; tell whether all went well.

    Args:
        seed: Not used: the cases are always the same.
        words: Run only those whose name holds one of them.
    """
    wrong = 0
    for case in all_cases(FULL):
        if words and not any(word in case.name for word in words):
            continue
        with TemporaryDirectory(prefix="torture-") as folder:
            outcome = bear(case, Path(folder), FULL)
        wrong += bool(outcome.faults)
        size = f"{outcome.memory / 2**20:7,.0f} MiB"
        told = printable(outcome.events[0])[:150] if outcome.events else ""
        sys.stdout.write(f"{case.name:45} {outcome.seconds:7.1f} s {size}  {told}\n")
        sys.stdout.writelines(f"    WRONG: {printable(fault)}\n" for fault in outcome.faults)
        sys.stdout.flush()
    sys.stdout.write(f"hostile files: {wrong} cases went wrong\n")
    return not wrong


def all_cases(sizes: Sizes) -> list[Case]:
    """Return every case there is."""
    return [*text_cases(sizes), *archive_cases(), *pdf_cases(), *place_cases()]


def bear(case: Case, folder: Path, sizes: Sizes, *, limits: Limits = _LIMITS) -> Outcome:
    """Index a case's files and look at what is left.

    Args:
        case: What to index.
        folder: An empty folder to work in.
        sizes: How large its files are made.
        limits: Of the worker that reads them, for what it may take.
    """
    (folder / "documents").mkdir()
    (folder / "documents" / _BYSTANDER).write_text("It was signed in Paris on 27 May 1997.\n")
    (folder / "secret.txt").write_text(_SECRET)
    with asked() as (address, requests):
        around = Surroundings(folder / "documents", folder / "secret.txt", address, sizes)
        case.make(around)
        _forget_peak()
        start = perf_counter()
        with Store.open(folder / "index", embedder_name=None, create=True) as store:
            with case.during(around):
                events = list(index(store, [around.folder], embedder=None))
            seconds = perf_counter() - start
            memory = _peak()
            faults = [*_unreported(case, events), *_damage(store), *_uploaded(store, around)]
    faults += [f"the net was asked for {request}" for request in requests]
    if seconds > 2 * limits.seconds + _SLACK:
        faults.append(f"it took {seconds:.0f} s")
    if memory > _MAX_MEMORY:
        faults.append(f"it took {memory / 2**30:.1f} GiB in the process that indexes")
    told = tuple(line for path, line in _told(events) if path != _BYSTANDER)
    return Outcome(case.name, told, tuple(faults), seconds, memory)


def printable(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _told(events: Sequence[object]) -> Iterator[tuple[str, str]]:
    for event in events:
        if isinstance(event, Committed | Unchanged):
            yield event.path, type(event).__name__.lower()
        elif isinstance(event, Failed | Skipped):
            yield event.path, f"{type(event).__name__.lower()}: {event.reason}"


def _unreported(case: Case, events: Sequence[object]) -> Iterator[str]:
    told = list(_told(events))
    if (_BYSTANDER, "committed") not in told:
        yield f"the harmless file beside it is not indexed: {told}"
    for path, fate in case.fates.items():
        fates = [line for name, line in told if name == path or name.startswith(f"{path}/")]
        if not any(re.match(fate, line) for line in fates or ["nothing"]):
            yield f"{path}: {fates or 'not reported'}"


def _damage(store: Store) -> Iterator[str]:
    yield from store.verify()
    for summary in store.documents():
        try:
            document = store.document(summary.id)
        except IndexDamagedError:
            continue  # which ``verify`` has told
        if _SECRET in document.text or _SECRET in document.source_text:
            yield f"{summary.path} holds what lies outside the folder"


def _uploaded(store: Store, around: Surroundings) -> Iterator[str]:
    """Add the same files as from a browser: what is refused leaves nothing behind."""
    library = Library(store, None, max_bytes=_UPLOADED_MAX)
    for path in sorted(around.folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix not in SUFFIXES:
            continue
        with path.open("rb") as file:
            data = file.read(_UPLOADED_MAX + 1)
        before = store.documents()
        try:
            library.add(path.name.encode(errors="replace").decode(), data)
        except ExtractionError as error:
            kept = [left.name for left in (store.folder / UPLOADS).glob("*")]
            held = [one.path for one in store.documents() if one not in before]
            names = {one.path for one in store.documents()}
            if held or not names.issuperset(kept) or not error.reason:
                yield f"{path.name}: refused, but it left {kept} and {held} behind"
    yield from (f"after the uploads: {problem}" for problem in store.verify())


@contextmanager
def asked() -> Iterator[tuple[str, list[str]]]:
    """Listen on an address that nobody may ask; yield it and what is asked of it."""
    requests: list[str] = []
    stop = Event()
    with create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def listen() -> None:
            while not stop.is_set():
                try:
                    taken, _ = server.accept()
                except TimeoutError:
                    continue
                with taken:
                    requests.append(repr(taken.recv(200)))

        thread = Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/", requests
        finally:
            stop.set()
            thread.join()


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the most memory that this process has held since ``_forget_peak``, in bytes."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    sys.exit(0 if run(words=sys.argv[1:]) else 1)
