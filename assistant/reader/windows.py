"""A question and a passage → what a reader's encoder takes: windows of token ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.embedding.model_files import read_tokenizer

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_LONGEST_QUESTION = 96  # tokens; the rest of a longer one is not read
NO_PLACE = -1
_PASSAGE = 1  # a pair's second sequence
_BEFORE_ROW = re.compile(r"\n(?=[^\n]*\t)")


class Pair(NamedTuple):
    """What is read together.

    Attributes:
        question: The question.
        context: The line above the passage, read with it but never quoted.
        text: The passage, or a part of it.
        places: Where each character of a text with words put in stands without them, (characters,);
            NO_PLACE for those of what was put in, which are never quoted. None: nothing was.
    """

    question: str
    context: str
    text: str
    places: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a pair that the encoder reads at once.

    Attributes:
        pair: Which of the pairs it belongs to.
        ids: Token ids, special ones included.
        type_ids: 0 for the question's tokens and 1 for the passage's, as BERT has it.
        tokens: Which of the tokens an answer may be made of, (tokens,).
        starts: Where each of those starts in the passage's text, (tokens,).
        ends: Where each of them ends, (tokens,).
    """

    pair: int
    ids: list[int]
    type_ids: list[int]
    tokens: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Windower:
    """Cuts pairs of question and passage into windows that overlap.

    Args:
        folder: A model with its ``tokenizer.json``.
        max_tokens: The most that a window may have, question and special tokens included.
        stride: Tokens of a passage that two neighbouring windows share.
    """

    def __init__(self, folder: Path, *, max_tokens: int, stride: int) -> None:
        self._counter: Tokenizer = read_tokenizer(folder)
        self._tokenizer: Tokenizer = read_tokenizer(folder)
        self._tokenizer.enable_truncation(max_tokens, stride=stride, strategy="only_second")
        self._cutter: Tokenizer = read_tokenizer(folder, max_tokens=_LONGEST_QUESTION)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without special ones."""
        encodings = self._counter.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def windows(self, pairs: Sequence[Pair]) -> list[Window]:
        """Return the windows of all pairs, those of a pair in order."""
        questions = self._cutter.encode_batch(
            [pair.question for pair in pairs], add_special_tokens=False
        )
        encodings = self._tokenizer.encode_batch(
            [
                (_cut(pair.question, question), _line(pair.context) + _marked(pair.text))
                for pair, question in zip(pairs, questions, strict=True)
            ]
        )
        return [
            _window(number, part, pair)
            for number, (pair, encoding) in enumerate(zip(pairs, encodings, strict=True))
            for part in _parts(encoding)
        ]


def _line(context: str) -> str:
    return f"{context}\n" if context else ""


def _marked(text: str) -> str:
    """Mark a table's cells and rows, which to a tokenizer are white space like any other.

    Every character keeps its place.
    """
    return _BEFORE_ROW.sub(";", text).replace("\t", ":") if "\t" in text else text


def _cut(question: str, encoding: Encoding) -> str:
    return question[: encoding.offsets[-1][1]] if encoding.offsets else question


def _parts(encoding: Encoding) -> Iterator[Encoding]:
    yield encoding
    yield from encoding.overflowing


def _window(number: int, encoding: Encoding, pair: Pair) -> Window:
    start_of_text = len(_line(pair.context))
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    is_passage = np.array([sequence == _PASSAGE for sequence in encoding.sequence_ids])
    tokens = np.flatnonzero(is_passage & (offsets[:, 1] > start_of_text))
    starts, ends = offsets[tokens].T - start_of_text
    starts = np.maximum(starts, 0)
    # SentencePiece counts the space before a word as the word's, and a line end for a space; and
    # what marks a cell or a row is not to be quoted.
    starts += np.array([pair.text[at : at + 1].isspace() for at in starts.tolist()], np.int64)
    ends -= np.array([pair.text[at - 1 : at].isspace() for at in ends.tolist()], np.int64)
    if pair.places is not None:
        places = np.append(pair.places, NO_PLACE)  # for a space at either end, which is no token
        starts, ends = places[starts], places[ends - 1] + 1
        has_place = (starts != NO_PLACE) & (ends != NO_PLACE + 1)
        tokens, starts, ends = tokens[has_place], starts[has_place], ends[has_place]
    return Window(number, encoding.ids, encoding.type_ids, tokens, starts, ends)
