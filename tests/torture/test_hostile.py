from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import library, preparing
from index.extracting import Extractor
from index.extraction_worker import Limits
from torture.hostile import all_cases, bear, printable
from torture.hostile_cases import SMALL, Case

LIMITS = Limits(seconds=20.0, memory=256 * 2**20, characters=2**20)


@pytest.fixture(scope="module", autouse=True)
def extractor() -> Iterator[None]:
    """Read files within less than what a real run takes."""
    with closing(Extractor(LIMITS)) as extractor, pytest.MonkeyPatch.context() as patch:
        for module in (library, preparing):
            patch.setattr(module, "extractor", lambda: extractor)
        yield


@pytest.mark.slow
@pytest.mark.parametrize("case", all_cases(SMALL), ids=lambda case: case.name.replace(" ", "-"))
def test_hostile_files_are_reported_and_harm_nothing(case: Case, tmp_path: Path) -> None:
    outcome = bear(case, tmp_path, SMALL, limits=LIMITS)
    assert outcome.faults == ()
    assert outcome.events


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    assert printable("\x1b[2J\nred\x9b") == "\ufffd[2J\ufffdred\ufffd"
