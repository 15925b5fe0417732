"""Text under cleaning that remembers where each of its characters comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

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

        A replaced range maps as a whole, white space only up to where its source is interrupted;
        one that is replaced by nothing leaves the alignment.
        """
        texts, starts, ends, at = [], [], [], 0
        for first, last, new in edits:
            shown = self._unbroken(first, last) if self.text[first:last].isspace() else last
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

    def _unbroken(self, first: int, last: int) -> int:
        """Return the end of what the source goes on with from ``first``, at most ``last``."""
        gaps = np.flatnonzero(self.starts[first + 1 : last] > self.ends[first : last - 1])
        return first + 1 + int(gaps[0]) if gaps.size else last

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

    def strip(self) -> AlignedText:
        """Cut the white space off both ends."""
        first = len(self.text) - len(self.text.lstrip())
        last = len(self.text.rstrip())
        return AlignedText(self.text[first:last], self.starts[first:last], self.ends[first:last])

    def runs(self, offset: int) -> list[AlignedRun]:
        """Return the alignment's runs, with the text standing at an offset of a longer one."""
        if not self.text:
            return []
        same = (self.starts[1:] == self.starts[:-1]) & (self.ends[1:] == self.ends[:-1])
        replaced = np.append(same, False) | np.insert(same, 0, False)
        plain = (self.ends - self.starts == 1) & ~replaced
        goes_on = plain[1:] & plain[:-1] & (self.starts[1:] == self.ends[:-1])
        firsts = np.flatnonzero(np.insert(~(same | goes_on), 0, True))
        lasts = np.append(firsts[1:], len(self.text)) - 1
        columns = (
            firsts + offset,
            lasts - firsts + 1,
            self.starts[firsts],
            self.ends[lasts] - self.starts[firsts],
        )
        return [AlignedRun(*run) for run in zip(*(c.tolist() for c in columns), strict=True)]
