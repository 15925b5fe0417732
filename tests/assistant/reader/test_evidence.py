from __future__ import annotations

from math import log

import pytest

from assistant.reader.evidence import FEATURES, gather, measure
from assistant.reader.spans import ReadSpan
from index.records import Hit
from tests.assistant.reader.making import hit_of

PACT = "The pact was signed on 27 May 1997."
LATER = "Rome ratified the pact after 27 May, 1997!"


def span_of(hit: Hit, text: str, margin: float, share: float = 0.0) -> ReadSpan:
    at = hit.passage.start + hit.passage.text.index(text)
    return ReadSpan(hit, at, at + len(text), margin, share)


def test_places_that_say_the_same_are_one_candidate() -> None:
    here, there = hit_of(PACT), hit_of(LATER, document="e", rank=2)
    spans = [
        span_of(there, "27 May, 1997!", 2.0),
        span_of(here, "27 May 1997", 3.0),
        span_of(there, "Rome", 1.0),
    ]
    candidates = gather(spans)
    assert [candidate.best.text for candidate in candidates] == ["27 May 1997", "Rome"]
    assert [span.text for span in candidates[0].support] == ["27 May, 1997!"]


def test_passages_that_overlap_do_not_support_each_other() -> None:
    whole, half = hit_of(PACT), hit_of(PACT[9:], start=9, rank=2)
    (candidate,) = gather([span_of(whole, "27 May 1997", 3.0), span_of(half, "27 May 1997", 2.0)])
    assert candidate.support == ()


def test_span_of_punctuation_says_nothing() -> None:
    assert gather([span_of(hit_of(PACT), ".", 9.0)]) == []


def test_features_have_their_stated_values() -> None:
    here, there = hit_of(PACT, score=5.0), hit_of(LATER, document="e", score=1.0)
    (candidate,) = gather(
        [span_of(here, "27 May 1997", 3.0, -1.0), span_of(there, "27 May, 1997!", 3.0)]
    )
    (row,) = measure([candidate], [here, there], {"treati": 3.0, "sign": 1.0}, {})
    seen = dict(zip(FEATURES, row, strict=True))
    assert seen["one"] == 1.0
    assert seen["passage"] == 4.0
    assert seen["share"] == -1.0
    assert seen["agreement"] == pytest.approx(log(2))  # two places, equally sure
    assert seen["search"] == pytest.approx(1.0)  # 5 is one deviation, 2, above the mean, 3


def test_sentence_that_holds_the_rarer_term_scores_higher() -> None:
    text = "The treaty is long. The pact was signed in Rome."
    hit = hit_of(text)
    candidates = gather([span_of(hit, "long", 2.0), span_of(hit, "Rome", 1.0)])
    rows = measure(candidates, [hit], {"sign": 5.0, "treati": 0.5}, {})
    long, rome = rows[:, FEATURES.index("sentence")]
    assert 0.0 < long < rome <= 1.0


def test_sentence_has_the_terms_of_a_name_that_it_has_in_another_form() -> None:
    hit = hit_of("The PP was signed in Rome. It rained.")
    candidates = gather([span_of(hit, "Rome", 1.0), span_of(hit, "rained", 1.0)])
    idf, at = {"pari": 5.0, "pact": 2.0, "rome": 1.0}, FEATURES.index("sentence")
    as_it_is, named = (
        measure(candidates, [hit], idf, names)[:, at] for names in ({}, {"Paris Pact": "PP"})
    )
    assert named[0] > as_it_is[0] > 0.0
    assert named[1] == 0.0


def test_passages_that_search_finds_alike_are_told_apart_by_nothing() -> None:
    hits = [hit_of(PACT), hit_of(LATER, document="e", rank=2)]
    (candidate,) = gather([span_of(hits[0], "The pact", 1.0)])
    assert measure([candidate], hits, {}, {})[0, FEATURES.index("search")] == 0.0


def test_no_candidates_have_no_features() -> None:
    assert measure([], [], {"who": 1.0}, {}).shape == (0, len(FEATURES))
