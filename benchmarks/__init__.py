"""Rates, ratios and latencies, measured on the machine that runs them (``make bench``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Measurement:
    """One measured number, as the report prints it."""

    name: str
    value: float
    unit: str
    note: str = ""


def seconds(function: Callable[[], object]) -> float:
    """Time one call, in seconds."""
    start = perf_counter()
    function()
    return perf_counter() - start


def median_ms(function: Callable[[], object], repeats: int) -> float:
    """Time ``repeats`` calls after one that is not counted; return their median in milliseconds."""
    function()
    return 1000 * median(seconds(function) for _ in range(repeats))


def matmul_rate(*, bfloat16: bool = False, size: int = 2048) -> float:
    """Measure a product of two square matrices: the yardstick of what the processor can do.

    Returns:
        The best of five, in GFLOP/s.
    """
    import torch

    dtype = torch.bfloat16 if bfloat16 else torch.float32
    left, right = (torch.randn(size, size).to(dtype) for _ in range(2))
    torch.mm(left, right)
    best = min(seconds(lambda: torch.mm(left, right)) for _ in range(5))
    return 2 * size**3 / best / 1e9
