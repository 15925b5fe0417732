"""Which fusion: settings fitted on half of the development queries, reported on the other.

A configuration's weight is the middle of those that are no more than a standard error worse than
its best: so few queries cannot tell these apart.

Run ``python -m benchmarks.fusion EVALSETS``, a folder with nfcorpus, cranfield, cisi and
squad-2.0-dev.json.gz.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.candidates import (
    Candidates,
    Collection,
    Found,
    Scores,
    Terms,
    read_corpus,
)
from index.embedding import load_embedder
from index.fusion import fuse_with_feedback
from index.terms import query_terms, terms

SETS = {
    "nfcorpus": "ndcg@10",
    "cranfield": "ndcg@10",
    "cisi": "ndcg@10",
    "squad-2.0-dev.json.gz": "recall@5",
}
STEP = 0.05
WEIGHTS = tuple(round(STEP * step, 2) for step in range(1, 20))  # of the dense ranking
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


def with_feedback(candidates: Candidates, weight: float, *, passages: int, share: float) -> Scores:
    """Fuse exact standard scores twice, the second time with the query's vector moved.

    It is moved by ``share`` times the mean of the best ``passages`` vectors. Source: Rocchio 1971.
    """
    fused = convex(candidates, weight, scale=standard, exact=True)
    best = candidates.numbers[np.lexsort((candidates.numbers, -fused))[:passages]]
    query = candidates.query + share * candidates.corpus[best].mean(axis=0)
    nearness = (candidates.corpus[candidates.numbers] @ query).astype(np.float64)
    again = replace(candidates, scores=(nearness, candidates.scores[1]))
    return convex(again, weight, scale=standard, exact=True)


def as_shipped(candidates: Candidates) -> Scores:
    """Score as the product does."""
    numbers = candidates.numbers
    keywords = numbers, candidates.scores[1]
    vectors = candidates.corpus[numbers]
    ranked, scores = fuse_with_feedback(
        candidates.query, numbers, vectors, keywords, k=len(numbers)
    )
    return scores[np.argsort(ranked)].astype(np.float64)


def _both(candidates: Candidates) -> tuple[tuple[Scores, Scores], tuple[Found, Found]]:
    return candidates.scores, candidates.found


FUSIONS: dict[str, Fusion] = {
    **{f"reciprocal ranks, {k}": partial(reciprocal_ranks, constant=k) for k in (10, 60)},
    **{
        f"{name}, {'exact' if exact else 'found'}": partial(convex, scale=scale, exact=exact)
        for name, scale in (
            ("min-max", min_max),
            ("theoretical minimum", theoretical),
            ("z-score", standard),
        )
        for exact in (False, True)
    },
}
FEEDBACKS: dict[str, Fusion] = {
    f"z-score, exact, feedback {share}": partial(with_feedback, passages=4, share=share)
    for share in (0.25, 0.5, 1.0, 4.0)
}
ALONE: dict[str, Callable[[Candidates], Scores]] = {
    "dense alone": lambda candidates: np.where(candidates.found[0], candidates.scores[0], -np.inf),
    "keywords alone": lambda candidates: np.where(
        candidates.found[1], candidates.scores[1], -np.inf
    ),
    "the product's": as_shipped,
}
STOP_WORDS: dict[str, tuple[Terms, Terms]] = {
    "kept": (terms, terms),
    "dropped from queries": (terms, query_terms),
    "dropped everywhere": (query_terms, query_terms),
}


@dataclass(frozen=True)
class Fit:
    """What the fitting half says of a configuration: equally good weights, and their middle."""

    lowest: float
    highest: float
    weight: float


def fit(fusion: Fusion, fitting: Sequence[Collection]) -> Fit:
    """Choose a fusion's weight by the rule."""
    scores = {
        weight: [
            np.array([*collection.score(partial(fusion, weight=weight)).values()])
            for collection in fitting
        ]
        for weight in WEIGHTS
    }
    best = max(WEIGHTS, key=lambda weight: fmean(of_set.mean() for of_set in scores[weight]))
    near = [weight for weight in WEIGHTS if is_near(scores[weight], scores[best])]
    steps = round((min(near) + max(near)) / 2 / STEP + 1e-9)  # a half step counts upwards
    return Fit(min(near), max(near), round(steps * STEP, 2))


def is_near(scores: Sequence[Scores], best: Sequence[Scores]) -> bool:
    """Tell whether the mean over sets is within a standard error of the best, query by query.

    Source: Breiman et al. 1984, "Classification and regression trees" (the 1-SE rule).
    """
    lost = [top - given for top, given in zip(best, scores, strict=True)]
    error = sqrt(sum(of_set.var(ddof=1) / len(of_set) for of_set in lost)) / len(lost)
    return fmean(of_set.mean() for of_set in lost) <= error


def compare(collections: Sequence[Collection]) -> None:
    """Fit all configurations and report them at the weights that the rule gives."""
    fitting = [collection.half(fitting=True) for collection in collections]
    print(f"{'':40}{'half':>9}{'mean':>9}   {', '.join(SETS)}")
    for name, fusion in (FUSIONS | FEEDBACKS).items():
        fitted = fit(fusion, fitting)
        print(f"{name}: {fitted.lowest:.2f} to {fitted.highest:.2f}, so {fitted.weight:.2f}")
        _report(name, partial(fusion, weight=fitted.weight), collections)
    for name, alone in ALONE.items():
        _report(name, alone, collections)


def _report(
    name: str, rank: Callable[[Candidates], Scores], collections: Sequence[Collection]
) -> None:
    halves = {
        "fitting": [collection.half(fitting=True) for collection in collections],
        "other": [collection.half(fitting=False) for collection in collections],
        "all": collections,
    }
    for half, of_half in halves.items():
        scores = _by_set(rank, of_half)
        print(
            f"{name:40}{half:>9}{fmean(scores):9.4f}   {'  '.join(f'{s:.3f}' for s in scores)}",
            flush=True,
        )


def _by_set(rank: Callable[[Candidates], Scores], collections: Sequence[Collection]) -> list[float]:
    return [fmean(collection.score(rank).values()) for collection in collections]


def main(folder: Path) -> None:
    """Print the fusions compared, then what dropping stop words does."""
    embedder = load_embedder()
    corpora = [read_corpus(folder / name, metric, embedder) for name, metric in SETS.items()]
    compare([corpus.searched(terms, query_terms) for corpus in corpora])
    for name, (of_passage, of_query) in STOP_WORDS.items():
        collections = [corpus.searched(of_passage, of_query) for corpus in corpora]
        for way in ("keywords alone", "the product's"):
            _report(f"{way}, stop words {name}", ALONE[way], collections)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
