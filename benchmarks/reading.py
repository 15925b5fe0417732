"""What reading costs, by one question or by several at once, and by its arithmetic alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from assistant.answering import READ
from assistant.opening import SHIPPED_READER
from assistant.reader.model import SpanModel
from assistant.reader.windows import Pair
from benchmarks import Measurement, matmul_rate, median_ms

_QUESTION = "How many tanks may each group of states keep under the treaty?"
_SENTENCE = (
    "The treaty limited the number of tanks that each group of states could keep in Europe. "
)
_SENTENCES = 13  # of a passage: about as long as one that is full
_READINGS = 60
_TOGETHER = 4  # questions


def run() -> Iterator[Measurement]:
    """Measure one question's passages, and several questions' at once."""
    model = SpanModel(SHIPPED_READER, name="shipped")
    pairs = [Pair(_QUESTION, "The treaty", _SENTENCE * _SENTENCES)] * READ
    windows = [read.window for read in model.read(pairs)]
    taken = median_ms(lambda: model.read(pairs), _READINGS)
    together = median_ms(lambda: model.read(pairs * _TOGETHER), _READINGS // _TOGETHER)
    rate = max(matmul_rate(), matmul_rate(bfloat16=True))
    config = json.loads((SHIPPED_READER / "config.json").read_text("utf-8"))
    floor = sum(_operations(config, len(window.ids)) for window in windows) / rate / 1e6
    tokens = sum(len(window.ids) for window in windows)
    yield Measurement(f"read {READ} passages, {tokens} tokens, median", taken, "ms")
    yield Measurement(f"a question's of {_TOGETHER} at once", together / _TOGETHER, "ms")
    yield Measurement("the same by arithmetic alone", floor, "ms", f"at {rate:.0f} GFLOP/s")
    yield Measurement("reading's rate as a share of the machine's", floor / taken, "times")


def _operations(config: Mapping[str, int], tokens: int) -> float:
    """Count the multiplications and additions of one window's matrix products."""
    width = config["hidden_size"]
    projections = 4 * width**2 + 2 * width * config["intermediate_size"]
    attention = 2 * tokens * width
    return 2.0 * tokens * config["num_hidden_layers"] * (projections + attention)
