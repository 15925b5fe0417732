"""Hits and read windows of plain words, for the tests of the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from assistant.reader.model import ReadWindow
from assistant.reader.windows import Window
from index.records import Hit, Passage, Retriever
from index.sentences import split_sentences

FIRST = 3  # tokens before those of the passage


def hit_of(
    text: str, *, document: str = "d", start: int = 0, rank: int = 1, score: float = 1.0
) -> Hit:
    """Make a hit of a passage that stands at ``start`` in its document; its blocks are lines."""
    sentences = tuple(
        (a + start, b + start)
        for line in re.finditer(r".+", text)
        for a, b in split_sentences(text, *line.span())
    )
    passage = Passage(
        f"{document}:{start}", document, start, start + len(text), text, sentences, ()
    )
    return Hit(passage, "", score, rank, Retriever.HYBRID)


def read_window(
    text: str,
    starts: Mapping[str, float],
    ends: Mapping[str, float],
    *,
    none: float = 0.0,
    pieces: str = r"\w+",
) -> ReadWindow:
    """Make a window with logits of some tokens and -9 for the others.

    Tokens are what the pattern ``pieces`` matches, and single signs.
    """
    words = list(re.finditer(rf"{pieces}|[^\w\s]", text))
    window = Window(
        0,
        list(range(FIRST + len(words))),
        [0] * FIRST + [1] * len(words),
        FIRST + np.arange(len(words)),
        np.array([word.start() for word in words], np.int64),
        np.array([word.end() for word in words], np.int64),
    )
    return ReadWindow(
        window,
        np.array([starts.get(word[0], -9.0) for word in words], np.float32),
        np.array([ends.get(word[0], -9.0) for word in words], np.float32),
        none,
    )
