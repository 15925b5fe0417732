from __future__ import annotations

from math import exp, log

import pytest

from assistant.reader.spans import ReadRow, ReadSpan, spans_of_passage
from tests.assistant.reader.making import hit_of, read_window

TEXT = "The pact was signed in Paris on 27 May 1997. It was renewed in Rome."


def texts(spans: list[ReadSpan]) -> list[str]:
    return [span.text for span in spans]


def test_best_span_has_the_highest_sum_of_start_and_end() -> None:
    read = read_window(TEXT, {"27": 4.0, "May": 3.0}, {"1997": 5.0, "May": 1.0}, none=2.0)
    best = spans_of_passage(hit_of(TEXT), [read], run_on=0.0)[0]
    assert best.text == "27 May 1997"
    assert best.margin == 4.0 + 5.0 - 2.0 + 0.75  # a name, or a date


def test_span_is_placed_in_its_document() -> None:
    read = read_window(TEXT, {"Rome": 4.0}, {"Rome": 5.0})
    best = spans_of_passage(hit_of(TEXT, start=100), [read], run_on=0.0)[0]
    assert (best.start, best.end) == (100 + TEXT.index("Rome"), 100 + TEXT.index("Rome") + 4)


def test_spans_of_a_passage_do_not_overlap() -> None:
    read = read_window(TEXT, {"27": 4.0, "May": 3.9, "Rome": 1.0}, {"1997": 5.0, "Rome": 1.0})
    spans = spans_of_passage(hit_of(TEXT), [read], run_on=0.0)
    assert texts(spans)[0] == "27 May 1997"
    assert not any(a.overlaps(b) for a in spans for b in spans if a is not b)


def test_span_runs_on_into_another_sentence_only_when_it_is_that_much_better() -> None:
    read = read_window(TEXT, {"27": 4.0, "renewed": 3.0}, {"1997": 1.0, "renewed": 3.0})
    assert texts(spans_of_passage(hit_of(TEXT), [read], run_on=1.0))[0] == (
        "27 May 1997. It was renewed"
    )
    assert texts(spans_of_passage(hit_of(TEXT), [read], run_on=3.0))[0] == "renewed"


def test_span_starts_and_ends_with_whole_words() -> None:
    text = "It was led by Joulwan and others."
    read = read_window(
        text, {"wan": 5.0, "Joul": 4.0}, {"wan": 4.0, "Joul": 5.0}, pieces="Joul|wan|[a-z]+|It"
    )
    assert texts(spans_of_passage(hit_of(text), [read], run_on=0.0))[0] == "Joulwan"


@pytest.mark.parametrize(
    ("end", "best"), [(3.7, ("signed", 7.0)), (4.0, ("signed, it says", 4.0 + 4.0 - 0.75))]
)
def test_fault_of_a_span_costs_three_quarters_of_a_logit(
    end: float, best: tuple[str, float]
) -> None:
    text = "The pact was signed, it says, and renewed."
    read = read_window(text, {"signed": 4.0}, {"signed": 3.0, "says": end})
    (span, *_) = spans_of_passage(hit_of(text), [read], run_on=0.0)
    assert (span.text, span.margin) == best


def test_windows_of_a_passage_are_read_together() -> None:
    first = read_window(TEXT, {"Paris": 1.0}, {"Paris": 1.0}, none=0.0)
    second = read_window(TEXT, {"Rome": 5.0}, {"Rome": 5.0}, none=9.0)
    spans = spans_of_passage(hit_of(TEXT), [first, second], run_on=0.0)
    assert [(span.text, span.margin) for span in spans[:2]] == [("Paris", 2.75), ("Rome", 1.75)]


def test_shares_of_the_spans_of_a_passage_are_one_together() -> None:
    read = read_window(TEXT, {"Paris": 1.0, "Rome": 2.0}, {"Paris": 1.0, "Rome": 1.0}, none=5.0)
    spans = spans_of_passage(hit_of(TEXT), [read], run_on=0.0)
    assert sum(exp(span.share) for span in spans) == pytest.approx(1.0)
    assert spans[0].share - spans[1].share == pytest.approx(1.0)


def test_window_without_words_of_the_passage_gives_nothing() -> None:
    assert spans_of_passage(hit_of(TEXT), [read_window("", {}, {})], run_on=0.0) == []


TABLE = "May 2001\tThe office opens.\nJune 2002\tThe mission opens."


def test_row_is_as_likely_as_it_is_when_read_alone() -> None:
    read = read_window(TABLE, {"May": 1.0, "June": 3.0}, {"2001": 1.0, "2002": 3.0}, none=2.0)
    hit, second = hit_of(TABLE), TABLE.index("June")
    rows = [ReadRow((0, second - 1), 7.0), ReadRow((second, len(TABLE)), 7.0 - log(3))]
    together, by_rows = (
        spans_of_passage(hit, [read], run_on=0.0, rows=given) for given in ((), rows)
    )
    assert texts(together)[:2] == ["June 2002", "May 2001"]
    assert texts(by_rows)[:2] == ["May 2001", "June 2002"]
    of_first = sum(exp(span.share) for span in by_rows if span.start < second)
    assert of_first == pytest.approx(3 / 4, abs=1e-3)
    assert by_rows[0].margin - by_rows[0].share == pytest.approx(  # how likely the passage is
        together[0].margin - together[0].share, abs=1e-3
    )


def test_span_runs_on_into_another_cell_only_when_it_is_that_much_better() -> None:
    read = read_window(TABLE, {"May": 3.0}, {"2001": 1.0, "opens": 3.0})
    within, across = (
        texts(spans_of_passage(hit_of(TABLE), [read], run_on=run_on))[0] for run_on in (4.0, 0.5)
    )
    assert (within, across) == ("May 2001", "May 2001\tThe office opens")


def test_span_does_not_leave_its_row() -> None:
    read = read_window(TABLE, {"office": 5.0}, {"2002": 5.0})
    rows = [ReadRow((0, TABLE.index("\n")), 1.0), ReadRow((TABLE.index("June"), len(TABLE)), 1.0)]
    assert not any(
        "\n" in span.text for span in spans_of_passage(hit_of(TABLE), [read], run_on=0.0, rows=rows)
    )
