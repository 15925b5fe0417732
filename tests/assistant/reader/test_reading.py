from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, isfinite, log
from pathlib import Path

import pytest

from assistant.opening import READER_FOLDER
from assistant.reader.evidence import FEATURES
from assistant.reader.model import ReadWindow, SpanModel
from assistant.reader.reading import COMBINATION_FILE, SpanReader
from assistant.reader.windows import NO_PLACE, Pair
from index.errors import ReaderError
from tests.assistant.reader.making import hit_of, read_window

SIGNED = "The pact was signed in Paris on 27 May 1997."
RENEWED = "The pact was renewed in Rome."


class WordModel(SpanModel):
    """Reads a passage's words with given logits, or with those of a text that is read alone."""

    name = "words"

    def __init__(
        self, logits: Mapping[str, float], *, alone: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        self._logits = logits
        self._alone = alone or {}
        self.pairs: list[Pair] = []  # that were read

    def read(self, pairs: Sequence[Pair]) -> list[ReadWindow]:
        self.pairs += pairs
        logits = [self._alone.get(pair.text, self._logits) for pair in pairs]
        read = [
            _placed(read_window(pair.text, of_pair, of_pair), pair)
            for pair, of_pair in zip(pairs, logits, strict=True)
        ]
        numbered = [
            replace(each, window=replace(each.window, pair=number))
            for number, each in enumerate(read)
        ]
        return numbered[::-1]  # a model may read them in any order


def _placed(read: ReadWindow, pair: Pair) -> ReadWindow:
    """Put what was read where it stands in the passage, without what was put in."""
    if pair.places is None:
        return read
    window = read.window
    starts, ends = pair.places[window.starts], pair.places[window.ends - 1] + 1
    kept = starts != NO_PLACE
    placed = replace(window, tokens=window.tokens[kept], starts=starts[kept], ends=ends[kept])
    return replace(read, window=placed, start=read.start[kept], end=read.end[kept])


def reader_of(folder: Path, logits: Mapping[str, float] | WordModel) -> SpanReader:
    weights = {name: float(name in ("passage", "share")) for name in FEATURES}
    (folder / COMBINATION_FILE).write_text(json.dumps({"run_on": 2.0, "weights": weights}))
    model = logits if isinstance(logits, WordModel) else WordModel(logits)
    return SpanReader(model, folder / COMBINATION_FILE)


def test_surest_span_of_all_passages_comes_first(tmp_path: Path) -> None:
    hits = [hit_of(SIGNED), hit_of(RENEWED, document="e", rank=2)]
    spans = reader_of(tmp_path, {"Paris": 1.0, "Rome": 2.0}).read("Where?", hits, {"where": 1.0})
    assert RENEWED[spans[0].start : spans[0].end] == "Rome"
    assert SIGNED[spans[1].start : spans[1].end] == "Paris"
    assert spans[0].hit is hits[1]
    assert [span.score for span in spans] == sorted((span.score for span in spans), reverse=True)


def test_rival_makes_an_answer_less_sure(tmp_path: Path) -> None:
    hit = [hit_of(SIGNED)]
    alone = reader_of(tmp_path, {"Paris": 2.0}).read("Where?", hit, {})[0]
    disputed = reader_of(tmp_path, {"Paris": 2.0, "May": 2.0}).read("Where?", hit, {})[0]
    assert disputed.score < alone.score


def test_list_is_as_likely_as_all_of_its_items(tmp_path: Path) -> None:
    text = "It has two lamps:\nred\nwhite\n"
    reader = reader_of(tmp_path, {"red": 1.0, "white": 1.0})
    one = reader.read("Which lamp?", [hit_of(text)], {})[0]
    both = reader.read("Which lamps are there?", [hit_of(text)], {})
    assert [text[a:b] for a, b in both[0].items] == ["red", "white"]
    assert not any(span.items for span in both[1:])
    # Each of the two has e^2, and so has the other; none has 1.
    assert one.score == pytest.approx(2 - log(1 + exp(2)), abs=0.01)
    assert both[0].score == pytest.approx(log(2 * exp(2)), abs=0.01)


@pytest.mark.parametrize("logit", [-1000.0, 1000.0])
def test_list_of_very_sure_or_unsure_items_has_finite_odds(tmp_path: Path, logit: float) -> None:
    text = "It has two lamps:\nred\nwhite\n"
    reader = reader_of(tmp_path, {"red": logit, "white": logit / 2})
    assert isfinite(reader.read("Which lamps are there?", [hit_of(text)], {})[0].score)


@pytest.mark.parametrize(("logit", "is_decided"), [(-0.8, False), (-0.5, True)])
def test_later_passages_are_read_where_the_first_do_not_decide(
    tmp_path: Path, logit: float, *, is_decided: bool
) -> None:
    texts = [SIGNED, "It was cold.", "It was warm.", "It was dry.", RENEWED]
    hits = [hit_of(text, document=text, rank=rank) for rank, text in enumerate(texts, start=1)]
    model = WordModel({"Paris": logit, "Rome": -2.0})
    found = {span.hit.rank for span in reader_of(tmp_path, model).read("Where?", hits, {})}
    assert (RENEWED in [pair.text for pair in model.pairs]) is not is_decided
    assert found == set(range(1, 5 if is_decided else 6))


def test_each_passage_is_asked_in_the_words_that_it_uses(tmp_path: Path) -> None:
    texts = ["The PP was renewed. It rained. It ended. It froze.", *["It rained."] * 4]
    texts.append("The Paris Pact (PP) was signed.")
    hits = [hit_of(text, document=str(rank), rank=rank) for rank, text in enumerate(texts, start=1)]
    model = WordModel({"renewed": 3.0})
    reader_of(tmp_path, model).read("Was the Paris Pact kept?", hits, {})
    asked = [(pair.question, pair.text) for pair in model.pairs]
    assert asked == [
        ("Was the PP kept?", texts[0]),
        *[("Was the Paris Pact kept?", "It rained.")] * 3,
        ("Was the PP kept?", "The PP was renewed. It rained."),  # the second look
    ]


def test_second_look_may_find_another_span(tmp_path: Path) -> None:
    text = "It was signed in Rome. Paris ratified it. It rained. It froze."
    around = "It was signed in Rome. Paris ratified it."
    model = WordModel({"Rome": 3.0, "Paris": 2.9}, alone={around: {"Paris": 5.0}})
    best = reader_of(tmp_path, model).read("Where?", [hit_of(text)], {})[0]
    assert text[best.start : best.end] == "Paris"


def test_row_that_answers_alone_wins_over_its_neighbour(tmp_path: Path) -> None:
    text = "1990\tfox\n1991\twolf\n"
    model = WordModel({"1990": 2.0, "1991": 1.9}, alone={"1991\twolf": {"wolf": 5.0}})
    best = reader_of(tmp_path, model).read("When?", [hit_of(text)], {})[0]
    assert text[best.start : best.end] == "1991"


def test_cell_that_answers_where_its_row_is_read_alone_wins_over_its_neighbour(
    tmp_path: Path,
) -> None:
    text = "Rounds\nName\tAsked\tJoined\nRound A\tMay 1997\tMay 1999\nRound B\tMay 2002\tMay 2004"
    row = "Name: Round B ; Asked: May 2002 ; Joined: May 2004\n"
    model = WordModel({"2002": 2.0, "2004": 1.0}, alone={row: {"2002": 1.5, "2004": 2.2}})
    best = reader_of(tmp_path, model).read("When did B join?", [hit_of(text)], {})[0]
    assert text[best.start : best.end] == "2004"
    assert "Name: Round A ; Asked: May 1997 ; Joined: May 1999\n" in [p.text for p in model.pairs]


def test_likeliest_two_tables_and_prose_passage_are_looked_at_again(tmp_path: Path) -> None:
    animals = {"fox": -1, "wolf": -1.1, "bear": -1.2, "lynx": -1.3, "hare": -1.4, "mole": -5.0}
    tables = [f"1990\t{animal}\n1991\train\n" for animal in ("bear", "mole", "fox", "wolf")]
    prose = [f"The {animal} hid. It rained. It froze." for animal in ("hare", "lynx")]
    hits = [
        hit_of(text, document=str(rank), rank=rank)
        for rank, text in enumerate([*tables, *prose], start=1)
    ]
    model = WordModel(animals)
    reader_of(tmp_path, model).read("Which?", hits, {})
    assert [pair.text for pair in model.pairs[len(hits) :]] == [
        "1990\tfox",
        "1991\train",
        "1990\twolf",
        "1991\train",
        "The lynx hid. It rained.",
    ]


def test_no_passage_far_below_the_likeliest_is_looked_at_again(tmp_path: Path) -> None:
    texts = ["1990\tfox\n1991\train\n", "The mole hid. It rained. It froze."]
    hits = [hit_of(text, document=text, rank=rank) for rank, text in enumerate(texts, start=1)]
    model = WordModel({"fox": 1.0, "mole": -0.6})
    reader_of(tmp_path, model).read("Which?", hits, {})
    assert [pair.text for pair in model.pairs[2:]] == ["1990\tfox", "1991\train"]


def test_no_passages_have_no_answer(tmp_path: Path) -> None:
    assert reader_of(tmp_path, {}).read("Where?", [], {}) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"run_on": 2.0, "weights": {"one": 1}}',
        json.dumps({"run_on": float("nan"), "weights": dict.fromkeys(FEATURES, 1.0)}),
    ],
)
def test_weights_of_another_version_are_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / COMBINATION_FILE).write_text(content)
    with pytest.raises(ReaderError, match=r"combination\.json"):
        SpanReader(WordModel({}), tmp_path / COMBINATION_FILE)


@pytest.mark.model
def test_shipped_reader_finds_the_date_that_is_asked_for() -> None:
    from assistant.config import Settings
    from assistant.opening import open_reader

    hits = [hit_of(SIGNED), hit_of(RENEWED, document="e", rank=2)]
    best = open_reader(Settings()).read("When was the pact signed?", hits, {"pact": 1.0})[0]
    assert SIGNED[best.start : best.end] == "27 May 1997"
    assert best.hit is hits[0]
    assert (READER_FOLDER / COMBINATION_FILE).is_file()
