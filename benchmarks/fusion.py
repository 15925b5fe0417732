"""Which fusion: candidates fitted on half of the development queries, reported on the other.

Run ``python -m benchmarks.fusion EVALSETS``, a folder with nfcorpus, cranfield, cisi and
squad-2.0-dev.json.gz.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.candidates import (
    Candidates,
    Collection,
    Found,
    Scores,
    Terms,
    is_for_fitting,
    read_corpus,
)
from index.embedding import load_embedder
from index.fusion import fuse
from index.terms import query_terms, terms

SETS = {
    "nfcorpus": "ndcg@10",
    "cranfield": "ndcg@10",
    "cisi": "ndcg@10",
    "squad-2.0-dev.json.gz": "recall@5",
}
WEIGHTS = tuple(round(0.05 * step, 2) for step in range(1, 20))  # of the dense ranking
LOWEST = (-1.0, 0.0)  # cosine, BM25

Fusion = Callable[..., Scores]  # of Candidates and the dense weight
Scale = Callable[[Scores, float], Scores]  # of scores and the lowest that their formula allows


def reciprocal_ranks(candidates: Candidates, weight: float, *, constant: int) -> Scores:
    """Sum 1 / (constant + rank). Source: Cormack, Clarke and Büttcher 2009."""
    total = np.zeros(len(candidates.numbers))
    for share, scores, found in zip((weight, 1 - weight), *_both(candidates), strict=True):
        ranks = np.empty(len(scores))
        ranks[np.lexsort((candidates.numbers, -scores, ~found))] = np.arange(1, len(scores) + 1)
        total += np.where(found, share / (constant + ranks), 0.0)
    return total


def convex(candidates: Candidates, weight: float, *, scale: Scale, exact: bool) -> Scores:
    """Sum scaled scores; without ``exact`` a missing one counts as the lowest that was found."""
    total = np.zeros(len(candidates.numbers))
    for share, lowest, scores, found in zip(
        (weight, 1 - weight), LOWEST, *_both(candidates), strict=True
    ):
        floor = scores[found].min() if found.any() else lowest
        total += share * scale(scores if exact else np.where(found, scores, floor), lowest)
    return total


def min_max(scores: Scores, _: float) -> Scores:
    """Scale to 0..1 between the lowest and the highest score."""
    shifted: Scores = scores - scores.min()
    return shifted / (shifted.max() or 1.0)


def standard(scores: Scores, _: float) -> Scores:
    """Scale to mean 0 and variance 1."""
    shifted: Scores = scores - scores.mean()
    return shifted / (shifted.std() or 1.0)


def theoretical(scores: Scores, lowest: float) -> Scores:
    """Scale to 0..1 between the lowest that the formula allows and the highest score."""
    shifted: Scores = scores - lowest
    return shifted / (shifted.max() or 1.0)


def product(candidates: Candidates) -> Scores:
    """Score with the product's own fusion."""
    dense, keywords = candidates.scores
    numbers = candidates.numbers
    fused_numbers, fused = fuse((numbers, dense), (numbers, keywords), k=len(numbers))
    return fused[np.argsort(fused_numbers)].astype(np.float64)


def _both(candidates: Candidates) -> tuple[tuple[Scores, Scores], tuple[Found, Found]]:
    return candidates.scores, candidates.found


FUSIONS: dict[str, Fusion] = {
    **{f"reciprocal ranks, {k}": partial(reciprocal_ranks, constant=k) for k in (10, 60)},
    **{
        f"{name}, {'exact' if exact else 'found'}": partial(convex, scale=scale, exact=exact)
        for name, scale in (
            ("min-max", min_max),
            ("z-score", standard),
            ("theoretical minimum", theoretical),
        )
        for exact in (False, True)
    },
}
ALONE: dict[str, Callable[[Candidates], Scores]] = {
    "dense alone": lambda candidates: np.where(candidates.found[0], candidates.scores[0], -np.inf),
    "keywords alone": lambda candidates: np.where(
        candidates.found[1], candidates.scores[1], -np.inf
    ),
    "the product's": product,
}
STOP_WORDS: dict[str, tuple[Terms, Terms]] = {
    "kept": (terms, terms),
    "dropped from queries": (terms, query_terms),
    "dropped everywhere": (query_terms, query_terms),
}


def compare(collections: Sequence[Collection]) -> None:
    """Print each fusion at its best weight on the fitting half."""
    print(f"{'':36}{'weight':>7}{'fitting':>9}{'other':>9}   all queries of {', '.join(SETS)}")
    for name, rank in ALONE.items():
        _print_row(name, None, [c.score(rank) for c in collections])
    for name, fusion in FUSIONS.items():
        by_weight = {
            weight: [c.score(partial(fusion, weight=weight)) for c in collections]
            for weight in WEIGHTS
        }
        best = max(WEIGHTS, key=lambda weight: _mean_over_sets(by_weight[weight], fitting=True))
        _print_row(name, best, by_weight[best])


def _print_row(name: str, weight: float | None, scores: list[dict[str, float]]) -> None:
    halves = [_mean_over_sets(scores, fitting=fitting) for fitting in (True, False)]
    wholes = "  ".join(f"{fmean(of_set.values()):.3f}" for of_set in scores)
    shown = "" if weight is None else f"{weight:.2f}"
    print(f"{name:36}{shown:>7}{halves[0]:9.4f}{halves[1]:9.4f}   {wholes}", flush=True)


def _mean_over_sets(scores: list[dict[str, float]], *, fitting: bool) -> float:
    return fmean(
        fmean(score for query, score in of_set.items() if is_for_fitting(query) == fitting)
        for of_set in scores
    )


def main(folder: Path) -> None:
    """Print the fusions compared, then what dropping stop words does."""
    embedder = load_embedder()
    corpora = [read_corpus(folder / name, metric, embedder) for name, metric in SETS.items()]
    compare([corpus.searched(terms, query_terms) for corpus in corpora])
    for name, (of_passage, of_query) in STOP_WORDS.items():
        collections = [corpus.searched(of_passage, of_query) for corpus in corpora]
        for way in ("keywords alone", "the product's"):
            scores = [collection.score(ALONE[way]) for collection in collections]
            _print_row(f"{way}, {name}", None, scores)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
