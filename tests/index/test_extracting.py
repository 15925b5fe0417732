from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index.catalogue.entries import Stamp
from index.errors import DamagedDocumentError, EmptyDocumentError, OversizedDocumentError
from index.extracting import Extractor
from index.extraction_worker import Limits
from index.records import Document
from index.roots import FoundFile
from tests.waiting import wait_until

Read = Callable[[str], Document]


@pytest.fixture
def extractor() -> Iterator[Extractor]:
    with closing(Extractor(Limits())) as extractor:
        yield extractor


def read(extractor: Extractor, text: str) -> Document:
    file = FoundFile(Path("/docs/act.txt"), "act.txt", Stamp(len(text), 0, 0, 0))
    return extractor.read(text.encode(), file, "docs")


def workers() -> list[int]:
    """Return the ids of this process's children."""
    own = Path(f"/proc/{os.getpid()}/task")
    return [int(pid) for task in own.iterdir() for pid in (task / "children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes() != b""
        )  # empty when it only waits to be reaped
    except FileNotFoundError:
        return False


def test_document_comes_back_as_it_was_read(extractor: Extractor) -> None:
    document = read(extractor, "It was sign-\ned in Paris.")
    assert (document.path, document.root) == ("act.txt", "docs")
    assert document.text == "It was signed in Paris."
    assert document.alignment.source_ranges(0, 23) == ((0, 25),)


def test_reader_s_own_complaint_is_told(extractor: Extractor) -> None:
    with pytest.raises(EmptyDocumentError, match="empty: 0 bytes"):
        read(extractor, "")
    assert read(extractor, "Paris.").text == "Paris."


def test_process_is_the_first_to_go_when_memory_runs_out(extractor: Extractor) -> None:
    score = extractor.call(Path("act.txt"), Path.read_text, Path("/proc/self/oom_score_adj"))
    assert int(score) == 1000


def test_file_that_is_not_read_in_time_is_given_up() -> None:
    before = workers()
    with closing(Extractor(Limits(seconds=0.0))) as extractor:
        for _ in range(2):
            with pytest.raises(DamagedDocumentError, match="not read within 0 seconds; open it"):
                read(extractor, "Paris.")
        assert workers() == before


def test_file_that_takes_too_much_memory_is_given_up() -> None:
    with closing(Extractor(Limits(memory=32 * 2**20))) as extractor:
        assert read(extractor, "Paris.").text == "Paris."
        with pytest.raises(OversizedDocumentError, match="GiB of memory; open it"):
            read(extractor, "Paris. " * 3_000_000)
        assert read(extractor, "Paris.").text == "Paris."


def test_file_that_holds_too_much_text_is_refused() -> None:
    with (
        closing(Extractor(Limits(characters=5))) as extractor,
        pytest.raises(OversizedDocumentError, match="holds 6 characters, over 5; split it"),
    ):
        read(extractor, "Paris.")


def test_process_that_has_died_is_started_again(extractor: Extractor) -> None:
    before = set(workers())
    read(extractor, "Paris.")
    (worker,) = set(workers()) - before
    os.kill(worker, signal.SIGKILL)
    assert read(extractor, "Rome.").text == "Rome."
    assert not Path(f"/proc/{worker}").exists()


def test_process_ends_with_the_one_that_asks_in_the_middle_of_a_file() -> None:
    program = (
        "import os, time\n"
        "from pathlib import Path\n"
        "from threading import Timer\n"
        "from index.extracting import viewer\n"
        "print(viewer().call(Path('slow'), os.getpid), flush=True)\n"
        "Timer(1.0, lambda: os._exit(9)).start()\n"
        "viewer().call(Path('slow'), time.sleep, 60.0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == 9
    wait_until(lambda: not is_running(int(done.stdout)))


def test_nothing_is_left_when_it_is_closed(extractor: Extractor) -> None:
    before = workers()
    read(extractor, "Paris.")
    assert len(workers()) == len(before) + 1
    extractor.close()
    assert workers() == before
