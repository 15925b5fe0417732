"""Text under cleaning that remembers where each of its characters comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from index.records import AlignedRun, Range

Edit = tuple[int, int, str]


class AlignedText:
    """Text and, for each character, the half-open source range that it shows.

    Attributes:
        text: The characters.
        starts: Where each one's source range starts, int64 of shape (characters,).
        ends: Where it ends, likewise; neighbours that were replaced together share both.
    """

    def __init__(self, text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    @classmethod
    def from_source(cls, source_text: str, ranges: Sequence[Range]) -> AlignedText:
        """Slice ranges out of a source text and join them with nothing between."""
        starts = [np.arange(start, end, dtype=np.int64) for start, end in ranges]
        joined = np.concatenate(starts) if starts else np.empty(0, np.int64)
        return cls("".join(source_text[start:end] for start, end in ranges), joined, joined + 1)

    def replace(self, edits: Iterable[Edit]) -> AlignedText:
        """Replace ranges of the text, sorted and disjoint.

        A replaced range maps as a whole, but only up to where its source is interrupted; it stays
        as it is where more than white space stands behind that. One that is replaced by nothing
        leaves the alignment.
        """
        edits = list(edits)
        gaps = self.interruptions().tolist() if edits else []
        texts, starts, ends, at = [], [], [], 0
        for first, last, new in edits:
            gap = bisect_right(gaps, first)
            shown = min([last, *gaps[gap : gap + 1]])
            if new and self.text[shown:last].strip():
                continue
            if 1 < len(new) == self.ends[shown - 1] - self.starts[first]:
                shown -= self.text[shown - 1].isspace()  # as long, it would pass for unchanged
            texts += [self.text[at:first], new]
            starts += [self.starts[at:first], np.repeat(self.starts[first : first + 1], len(new))]
            ends += [self.ends[at:first], np.repeat(self.ends[shown - 1 : shown], len(new))]
            at = last
        if not texts:
            return self
        return AlignedText(
            "".join([*texts, self.text[at:]]),
            np.concatenate([*starts, self.starts[at:]]),
            np.concatenate([*ends, self.ends[at:]]),
        )

    def interruptions(self) -> NDArray[np.int64]:
        """Return the places in the text where its source does not go on."""
        return np.flatnonzero((self.starts[1:] != self.ends[:-1]) & ~self.together()) + 1

    def together(self) -> NDArray[np.bool_]:
        """Tell of each character but the last whether it was replaced with the next one."""
        same: NDArray[np.bool_] = self.starts[1:] == self.starts[:-1]
        same &= self.ends[1:] == self.ends[:-1]
        return same

    def substitute(
        self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
    ) -> AlignedText:
        """Replace what a pattern matches, where the replacement differs from it."""
        edits = []
        for match in pattern.finditer(self.text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            if new != match[0]:
                edits.append((match.start(), match.end(), new))
        return self.replace(edits)

    def without(self, ranges: Iterable[Range]) -> AlignedText:
        """Cut ranges out, sorted and disjoint.

        What stood for the last character of one together with it (the tab after a cell) comes to
        stand for the character before.
        """
        starts, ends, kept = self.starts.copy(), self.ends.copy(), np.ones(len(self.text), np.bool_)
        before = -1  # the last character that stays
        at = 0
        for first, last in ranges:
            kept[first:last] = False
            before, at = (first - 1 if first > at else before), last
            after, end = slice(last, last + 1), slice(last - 1, last)
            if np.all(starts[after] == starts[end]) and np.all(ends[after] == ends[end]):
                starts[after], ends[after] = starts[before], ends[before]
        text = "".join(compress(self.text, kept))
        return AlignedText(text, starts[kept], ends[kept])

    def strip(self) -> AlignedText:
        """Cut the white space off both ends."""
        first = len(self.text) - len(self.text.lstrip())
        last = len(self.text.rstrip())
        return AlignedText(self.text[first:last], self.starts[first:last], self.ends[first:last])

    def runs(self, offset: int) -> list[AlignedRun]:
        """Return the alignment's runs, with the text standing at an offset of a longer one."""
        if not self.text:
            return []
        same = self.together()
        plain = self.ends - self.starts == 1
        plain[1:] &= ~same
        plain[:-1] &= ~same
        goes_on = plain[1:] & plain[:-1] & (self.starts[1:] == self.ends[:-1])
        firsts = np.flatnonzero(np.concatenate([[True], ~(same | goes_on)]))
        lasts = np.concatenate([firsts[1:], [len(self.text)]]) - 1
        columns = (
            firsts + offset,
            lasts - firsts + 1,
            self.starts[firsts],
            self.ends[lasts] - self.starts[firsts],
        )
        return [AlignedRun(*run) for run in zip(*(c.tolist() for c in columns), strict=True)]
