from __future__ import annotations

from pathlib import Path

import pytest

from index.records import BlockKind, Extraction, SourceBlock
from torture.fuzzing import CORPUS, fault_of, fuzz, made_input, replay
from torture.fuzzing_invariants import BrokenInvariantError, check_extraction
from torture.fuzzing_targets import TARGETS, Target

INPUTS = 60  # of each target: the whole of it is a torture


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_broke_something_breaks_nothing_any_more(path: Path) -> None:
    assert list(replay(path)) == []


@pytest.mark.slow
def test_no_input_breaks_anything() -> None:
    assert list(fuzz(dict.fromkeys(TARGETS, INPUTS), seed=7, processes=2)) == []


def test_inputs_repeat_themselves() -> None:
    target = TARGETS["markdown"]
    first, again, other = (made_input(target, "markdown", seed, 3) for seed in (1, 1, 2))
    assert first == again != other


def test_what_breaks_is_named_with_its_place() -> None:
    def check(data: bytes) -> None:
        int(data)

    target = Target(check, lambda: [b"1"], lambda random, seeds: seeds[0], 1)
    assert fault_of(target, b"1") == ""
    assert fault_of(target, b"x").startswith("ValueError in fuzzing.py fault_of test_fuzzing.py")


def test_text_that_is_in_no_block_s_range_is_noticed() -> None:
    block = SourceBlock(BlockKind.PARAGRAPH, ((0, 99),))
    with pytest.raises(BrokenInvariantError, match="range 0-99 of 5 characters"):
        check_extraction(Extraction("Paris", (block,), "text/plain", "test/1"))


def test_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.glob("*.json")) <= 200_000
