from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.reader.closer import CloserLook, blend, part_around
from assistant.reader.spans import ReadSpan
from tests.assistant.reader.making import hit_of, read_window

FIVE = "One met. Two signed. Three left. Four came. Five stayed."


def span_of(text: str, words: str, *, start: int = 0) -> ReadSpan:
    at = start + text.index(words)
    return ReadSpan(hit_of(text, start=start), at, at + len(words), margin=0.0, share=0.0)


@pytest.mark.parametrize("start", [0, 100])
@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("One", "One met. Two signed."),
        ("left", "Two signed. Three left. Four came."),
        ("left. Four", "Two signed. Three left. Four came. Five stayed."),
        ("Five", "Four came. Five stayed."),
    ],
)
def test_sentences_around_the_span_are_read_again(words: str, part: str, *, start: int) -> None:
    around = part_around(span_of(FIVE, words, start=start))
    assert around is not None
    assert FIVE[slice(*around)] == part


def test_passage_that_would_be_read_as_a_whole_again_is_not() -> None:
    assert part_around(span_of("One met. Two signed. Three left.", "signed")) is None


def look(
    starts: dict[str, float], ends: dict[str, float] | None = None, *, none: float = 0.0
) -> CloserLook:
    part = FIVE.index("Two"), FIVE.index(" Five")
    window = read_window(FIVE[slice(*part)], starts, starts if ends is None else ends, none=none)
    return CloserLook(part, [window])


def test_logits_move_by_a_share_toward_those_of_the_closer_look() -> None:
    whole = read_window(FIVE, {"Two": 1.0, "Five": 1.0}, {"came": 4.0}, none=0.0)
    # The look's own no answer takes half of its logit from the starts, and half from the ends.
    (read,) = blend([whole], [look({"Two": 2.0}, {"came": 8.0}, none=2.0)], 0.3)
    two, five, left, came = (
        list(whole.window.starts).index(FIVE.index(word))
        for word in ("Two", "Five", "left", "came")
    )
    np.testing.assert_allclose(read.start[[two, five]], [1.0, 1.0], rtol=1e-6)
    assert read.start[left] == pytest.approx(-9.0 + 0.3 * (-10.0 + 9.0))
    assert read.end[came] == pytest.approx(4.0 + 0.3 * (7.0 - 4.0))


def test_highest_of_several_closer_looks_counts() -> None:
    whole = read_window(FIVE, {}, {})
    both, high = (
        blend([whole], looks, 0.3)[0]
        for looks in ([look({}), look({"left": 5.0})], [look({"left": 5.0})])
    )
    np.testing.assert_allclose(both.start, high.start)


def test_how_likely_the_passage_is_stays_as_it_was() -> None:
    whole = read_window(FIVE, {"Two": 1.0}, {"left": 3.0}, none=2.0)
    (read,) = blend([whole], [look({"came": 7.0}, none=-3.0)], 0.3)
    assert read.margin == pytest.approx(whole.margin, abs=1e-4)


def test_without_a_closer_look_nothing_changes() -> None:
    whole = read_window(FIVE, {"Two": 1.0}, {}, none=2.0)
    assert blend([whole], [], 0.3) == [whole]
    nothing = replace(read_window("", {}, {}))
    assert blend([nothing], [look({"Two": 1.0})], 0.3) == [nothing]
