from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

import index.keywords
from index.errors import IndexDamagedError
from index.keywords import KeywordIndex

CORPUS = {
    10: "nato russia council founding act".split(),
    11: "russia georgia war august".split(),
    12: "kosovo peacekeeping kfor nato nato".split(),
    13: "cfe treaty limits tanks".split(),
    14: "missile defence talks".split(),
}


def numbers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def index_of(corpus: dict[int, list[str]]) -> KeywordIndex:
    built = KeywordIndex()
    built.add(numbers(*corpus), list(corpus.values()))
    return built


def found(index: KeywordIndex, query: list[str], k: int = 1000) -> dict[int, float]:
    ids, scores = index.search(query, k)
    return dict(zip(ids.tolist(), scores.tolist(), strict=True))


def oracle(corpus: dict[int, list[str]], query: list[str]) -> dict[int, float]:
    """Score with rank_bm25 the passages that share a term with the query."""
    if not any(corpus.values()):
        return {}
    scores = BM25Okapi(list(corpus.values())).get_scores(query)
    return {
        number: score
        for (number, document), score in zip(corpus.items(), scores, strict=True)
        if set(document) & set(query)
    }


@pytest.fixture
def small_merges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge after a handful of entries, as otherwise after hundreds of thousands."""
    monkeypatch.setattr(index.keywords, "_MOST_RECENT_ENTRIES", 20)


def test_score_is_the_formula_worked_by_hand() -> None:
    built = index_of({1: ["nato", "nato", "treaty"], 2: ["tank"], 3: ["treaty", "war"]})
    # nato: once in 3 passages; twice in a passage of length 3 where 2 is the average.
    idf = log(3 - 1 + 0.5) - log(1 + 0.5)
    score = idf * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 3 / 2))
    assert found(built, ["nato"]) == pytest.approx({1: score})


def test_idf_of_a_term_in_most_passages_is_a_quarter_of_the_average() -> None:
    built = index_of({1: ["a", "b"], 2: ["a", "c"], 3: ["a"]})
    negative, positive = log(0.5) - log(3.5), log(2.5) - log(1.5)
    assert built.idf("a") == pytest.approx(0.25 * (negative + 2 * positive) / 3)
    assert built.idf("b") == pytest.approx(positive)


def test_idf_of_an_unknown_term_is_that_of_a_term_in_no_passage() -> None:
    assert index_of(CORPUS).idf("zebra") == pytest.approx(log(5.5) - log(0.5))


def test_hit_shares_a_term_whatever_its_score() -> None:
    built = index_of({1: ["a", "b"], 2: ["c"]})
    assert found(built, ["a"]) == {1: 0.0}


def test_negative_scores_are_hits_too() -> None:
    built = index_of({1: ["a"], 2: ["a"], 3: ["a", "a"]})
    scores = found(built, ["a"])
    assert set(scores) == {1, 2, 3}
    assert max(scores.values()) < 0


def test_repeated_query_term_counts_as_often() -> None:
    built = index_of(CORPUS)
    once, twice = found(built, ["kosovo"]), found(built, ["kosovo", "kosovo"])
    assert twice[12] == pytest.approx(2 * once[12])


def test_best_comes_first_and_ties_by_number() -> None:
    built = index_of({7: ["x"], 3: ["x"], 5: ["x", "x"], 1: ["y"], 2: ["z"], 4: ["w"], 9: ["v"]})
    assert built.search(["x"], 10)[0].tolist() == [5, 3, 7]
    assert built.search(["x"], 2)[0].tolist() == [5, 3]


def test_search_among_numbers_keeps_the_scores_of_the_whole() -> None:
    built = index_of(CORPUS)
    ids, scores = built.search(["nato", "russia"], 5, among=numbers(11, 12, 14, 99))
    everywhere = found(built, ["nato", "russia"])
    assert set(ids.tolist()) == {11, 12}
    assert scores.tolist() == [everywhere[number] for number in ids.tolist()]


def test_search_among_numbers_finds_what_a_search_of_all_finds_of_them(tmp_path: Path) -> None:
    generator = np.random.default_rng(7)
    index = KeywordIndex()
    for start in (400, 0, 200):  # in no order of the numbers
        held = np.arange(start, start + 200)
        index.add(held, [[f"w{rank}" for rank in generator.zipf(1.3, 20)] for _ in held])
        index.save(tmp_path, generation=1)
    changed = np.arange(150, 250)
    index.remove(changed)
    index.add(changed[:50], [["w1", "w2"]] * 50)  # those of a removed slot stand in a new one
    everywhere = found(index, ["w1", "w2", "w9"])
    for among in (numbers(3, 160, 240, 599, 700), np.arange(500)[::-1], numbers()):
        ids, scores = index.search(["w1", "w2", "w9"], 1000, among=among)
        expected = {number: everywhere[number] for number in among.tolist() if number in everywhere}
        assert dict(zip(ids.tolist(), scores.tolist(), strict=True)) == expected


@pytest.mark.parametrize("query", [[], ["zebra"]])
def test_query_that_matches_nothing_finds_nothing(query: list[str]) -> None:
    ids, scores = index_of(CORPUS).search(query, 5)
    assert (len(ids), len(scores)) == (0, 0)
    assert ids.dtype == np.int64


def test_empty_index_finds_nothing() -> None:
    assert found(KeywordIndex(), ["nato"]) == {}
    assert KeywordIndex().idf("nato") == 0.0


def test_passages_without_terms_are_held_and_never_found() -> None:
    built = index_of({1: [], 2: []})
    assert len(built) == 2
    assert found(built, ["a"]) == {}


def test_removed_passage_is_not_found_and_can_be_added_anew() -> None:
    built = index_of(CORPUS)
    built.remove(numbers(12, 500))
    assert sorted(built.numbers.tolist()) == [10, 11, 13, 14]
    assert 12 not in found(built, ["nato"])
    built.add(numbers(12), [["nato"]])
    assert found(built, ["nato"]) == pytest.approx(oracle({**CORPUS, 12: ["nato"]}, ["nato"]))


@pytest.mark.parametrize(
    ("refused", "count"), [((10,), 1), ((20, 20), 2), ((20, 21), 1)], ids=["held", "twice", "more"]
)
def test_add_refuses_numbers_and_changes_nothing(refused: tuple[int, ...], count: int) -> None:
    built = index_of(CORPUS)
    with pytest.raises(ValueError, match="number"):
        built.add(numbers(*refused), [["zebra"]] * count)
    assert len(built) == len(CORPUS)
    assert found(built, ["zebra"]) == {}


words = st.sampled_from("alpha beta gamma delta epsilon zeta eta theta".split())
documents = st.lists(st.lists(words, max_size=8), max_size=6)
changes = st.lists(st.tuples(documents, st.sets(st.integers(0, 30), max_size=5)), max_size=6)


@pytest.mark.usefixtures("small_merges")
@settings(deadline=None, max_examples=150)
@given(changes, st.lists(words, max_size=6))
def test_scores_are_those_of_rank_bm25_after_any_changes(
    changes: list[tuple[list[list[str]], set[int]]], query: list[str]
) -> None:
    built, corpus, following = KeywordIndex(), dict[int, list[str]](), 0
    for added, removed in changes:
        new = dict(enumerate(added, start=following))
        following += len(added)
        built.add(numbers(*new), list(new.values()))
        built.remove(numbers(*removed))
        corpus = {n: terms for n, terms in (corpus | new).items() if n not in removed}
        assert found(built, query) == pytest.approx(oracle(corpus, query), abs=1e-5)
        assert sorted(built.numbers.tolist()) == sorted(corpus)


@pytest.mark.usefixtures("small_merges")
@settings(deadline=None, max_examples=20)
@given(documents, documents, st.sets(st.integers(0, 12)), st.lists(words, max_size=6))
def test_scores_are_those_of_rank_bm25_after_loading_and_changing(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[list[str]],
    after: list[list[str]],
    removed: set[int],
    query: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("keywords")
    index_of(dict(enumerate(before))).save(folder, generation=1)
    loaded, *_ = KeywordIndex.load(folder)
    added = dict(enumerate(after, start=len(before)))
    loaded.add(numbers(*added), after)
    loaded.remove(numbers(*removed))
    corpus = {n: d for n, d in enumerate(before + after) if n not in removed}
    assert found(loaded, query) == pytest.approx(oracle(corpus, query), abs=1e-5)


def test_scores_are_those_of_rank_bm25_on_long_tailed_text() -> None:
    generator = np.random.default_rng(4)
    corpus = {
        number: [f"w{rank}" for rank in generator.zipf(1.3, generator.integers(1, 200))]
        for number in range(500)
    }
    built = index_of(corpus)
    for query in (["w1", "w2", "w40"], ["w7", "w7", "w300"], list(corpus[3])):
        assert found(built, query) == pytest.approx(oracle(corpus, query), abs=1e-5)


def test_saved_index_is_the_same_when_loaded(tmp_path: Path) -> None:
    built = index_of(CORPUS)
    before = found(built, ["nato", "treaty"])
    built.save(tmp_path / "keywords", generation=7)
    loaded, generation, _ = KeywordIndex.load(tmp_path / "keywords")
    assert generation == 7
    assert found(loaded, ["nato", "treaty"]) == before == found(built, ["nato", "treaty"])


def test_loaded_index_can_be_changed_and_saved_in_place(tmp_path: Path) -> None:
    index_of(CORPUS).save(tmp_path, generation=1)
    loaded, *_ = KeywordIndex.load(tmp_path)
    loaded.remove(numbers(10))
    loaded.add(numbers(15), [["zebra"]])
    loaded.save(tmp_path, generation=2)
    again, generation, _ = KeywordIndex.load(tmp_path)
    assert generation == 2
    assert set(again.numbers.tolist()) == {11, 12, 13, 14, 15}
    assert set(found(again, ["zebra"])) == {15}


def test_passage_that_was_merged_twice_is_removed_whole(tmp_path: Path) -> None:
    built = index_of(CORPUS)
    built.save(tmp_path, generation=1)
    more = {number: [f"word{number}", "nato"] for number in range(20, 60)}
    built.add(numbers(*more), list(more.values()))
    built.save(tmp_path, generation=2)
    built.remove(numbers(10))
    left = {number: document for number, document in (CORPUS | more).items() if number != 10}
    query = ["russia", "nato", "act", "word31"]
    assert found(built, query) == pytest.approx(oracle(left, query), abs=1e-5)


def test_empty_index_can_be_saved(tmp_path: Path) -> None:
    KeywordIndex().save(tmp_path, generation=0)
    assert len(KeywordIndex.load(tmp_path)[0]) == 0


def test_damaged_index_is_refused(tmp_path: Path) -> None:
    index_of(CORPUS).save(tmp_path, generation=1)
    slots = next(tmp_path.rglob("slots.npy"))
    slots.write_bytes(slots.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError):
        KeywordIndex.load(tmp_path)
