from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

import pytest
from lxml import html

from assistant.evaluation.causes import Cause
from assistant.evaluation.comparable import comparable
from assistant.evaluation.comparing import compare
from assistant.evaluation.report import policy, render, render_list
from assistant.evaluation.runs import RunSummary
from tests.assistant.evaluation.made_runs import (
    CITATION,
    COMPARISON,
    PASSAGE,
    declined,
    figure,
    missed,
    question,
    retrieval_run,
    run,
)

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">\'&{{ 7 * 7 }}'


def find(page: str, path: str) -> list[Any]:
    """Return what an XPath leads to in a page."""
    return cast("list[Any]", html.fromstring(page).xpath(path))


def texts(page: str, path: str) -> list[str]:
    """Return the texts of elements, with white space folded."""
    return [" ".join("".join(found.itertext()).split()) for found in find(page, path)]


def section(page: str, id_: str) -> str:
    """Return the text of a section."""
    (found,) = texts(page, f"//section[@id='{id_}']")
    return found


def test_the_headline_says_how_many_were_right_wrong_and_declined() -> None:
    page = render(run(question(), question("4"), missed(), declined(), declined("5", right=False)))
    assert texts(page, "//h1") == ["Right on 3 of 5 questions (60%)"]
    assert "It gave 3 answers, of which 1 is wrong (33%)." in texts(page, "//main//p")
    assert "It declined 2 questions, 1 of them rightly." in texts(page, "//main//p")
    assert texts(page, "//figure[@class='outcomes']//li") == [
        "2 answered right",
        "1 rightly declined",
        "1 declined, though there is an answer",
        "1 answered wrong",
    ]


@pytest.mark.parametrize(
    ("asked", "sentences"),
    [
        ([question()], ["It gave 1 answer, none of them wrong.", "It never declined."]),
        ([declined()], ["It answered nothing.", "It declined 1 question, 1 of them rightly."]),
    ],
)
def test_the_headline_holds_where_nothing_is_to_be_counted(
    asked: list[dict[str, Any]], sentences: list[str]
) -> None:
    assert set(sentences) <= set(texts(render(run(*asked)), "//main//p"))


def test_every_figure_of_the_run_is_on_its_page() -> None:
    made = run()
    shown = section(render(made), "figures")
    figures = [*made["metrics"].items(), *made["speed"].items()]
    figures += [pair for found in made["retrieval"].values() for pair in found.items()]
    assert len(figures) == 9
    for name, held in figures:
        form = "{:.0f} ms" if name.startswith("latency") else "{:.3f}"
        form = "{:.1f}" if name == "questions_per_second" else form
        for number in held.values():
            assert form.format(number) in shown


def test_figures_stand_in_groups_those_that_are_not_known_here_last() -> None:
    assert texts(render(run()), "//tr[@class='group']") == [
        "Answers", "Citations, abstention and confidence", "Retrieval", "Speed", "Others",
    ]  # fmt: skip


def test_scores_of_groups_stand_beside_their_number_of_questions() -> None:
    asked = [question("1"), missed("2"), missed("3", turn=2)]
    page = render(run(*asked))
    assert texts(page, "//section[@id='groups']/h3") == [
        "By kind of question", "By document", "By turn of a conversation",
    ]  # fmt: skip
    assert texts(page, "//section[@id='groups']//tbody/tr") == [
        "who 2 \u2013 0.500 0.450 to 0.550",
        "when 1 0.620 0.570 to 0.670 0.610 0.560 to 0.660",
        "acts.txt 3 0.620 0.570 to 0.670 0.610 0.560 to 0.660",
        "1 2 0.620 0.570 to 0.670 0.610 0.560 to 0.660",
    ]


def test_settings_are_shown_but_for_those_that_were_not_made() -> None:
    shown = dict.fromkeys(texts(render(run()), "//dl[@class='settings']//dt"))
    assert list(shown) == ["Test set", "Questions", "Mode", "Oracle", "Started at"]


def test_each_cause_has_its_count_its_meaning_and_its_questions() -> None:
    asked = [missed("1", cause="abstained"), *(missed(id_) for id_ in "234")]
    page = render(run(*asked))
    assert texts(page, "//section[@id='causes']//summary") == [
        f"3 Other span {Cause.OTHER_SPAN.in_words}",
        f"1 Abstained {Cause.ABSTAINED.in_words}",
    ]
    links = find(page, "//section[@id='causes']//li/a/@href")
    assert links == ["#q1", "#q2", "#q3", "#q0"]
    assert len(find(page, "//*[@id='q3']")) == 1
    assert "gold: the king · given: the queen" in section(page, "causes")
    page = render(run(missed(abstained=True, answer="", best_answer="the duke")))
    assert "given: declined, though nearest was the duke" in section(page, "causes")


def test_each_plot_has_a_name_a_description_and_its_numbers_in_a_table() -> None:
    page = render(run())
    plots = find(page, "//figure[@class='plot']")
    assert texts(page, "//figure[@class='plot']/h3") == [
        "Reliability", "Risk and coverage", "Latency",
    ]  # fmt: skip
    for plot in plots:
        assert plot.xpath(".//svg[@role='img']/title/text()")
        assert plot.xpath(".//svg/desc/text()")
    rows = texts(page, "//figure[@class='plot']//tbody/tr")
    assert "425%50%" in rows  # 4 questions, confidence and share of right answers
    assert "0.100100%40%" in rows
    assert sum(int(row.split("ms")[-1]) for row in texts(page, "//figure[3]//tbody/tr/td[2]")) == 3


def test_a_question_unfolds_into_all_that_is_known_of_it() -> None:
    page = render(run(missed(best_answer="the king and the queen", seconds=0.1234)))
    (shown,) = texts(page, "//ol[@id='question-list']/li")
    for words in (
        "Who signed the treaty?", "the king", "the queen", "the king and the queen", "acts.txt",
        Cause.OTHER_SPAN.in_words, "Who signed the treaty of Paris?", "F1 0.800", "123 ms",
        "They met in May 2002 in Rome.", "Acts, page 2", "The treaty of Paris.", "holds the answer",
    ):  # fmt: skip
        assert words in shown
    assert texts(page, "//mark") == ["in May 2002"]


def test_a_citation_that_is_not_exact_is_told() -> None:
    told = "the ranges do not slice the source to the quote"
    assert told not in render(run())
    assert told in render(run(question(citations=[CITATION | {"exact": False}])))


def test_an_abstention_says_why() -> None:
    page = render(run(declined()))
    assert "Declined. The documents do not speak of this." in section(page, "questions")


def test_sections_of_which_nothing_is_known_are_left_out() -> None:
    page = render(retrieval_run() | {"speed": {}, "retrieval": {}})
    assert texts(page, "//h1") == ["Passages found for 1 question"]
    assert "nDCG@10 is 0.630 (95% interval 0.580 to 0.680)." in texts(page, "//main//p")
    assert find(page, "//section/@id") == ["figures", "plots", "questions"]
    assert texts(page, "//figure/h3") == ["Latency"]
    assert find(page, "//nav/a/@href") == ["#figures", "#plots", "#questions"]
    assert find(page, "//select") == []
    asked = texts(page, "//ol[@id='question-list']//dt")
    assert asked == ["Document", "Scores", "Id"][1:]


def test_a_run_of_many_confidences_fits_into_its_plots() -> None:
    bins = [{"count": 10**at, "confidence": at / 4, "accuracy": at / 4} for at in range(5)]
    curve = [{"threshold": 0.5, "coverage": 1.0, "risk": 1.0}]
    asked = [question(str(at), seconds=10.0**at) for at in range(-4, 4)]
    page = render(run(*asked, curves={"reliability": bins, "risk_coverage": curve}))
    places = [float(at) for at in find(page, "//circle/@cx | //rect[@class='column-bar']/@x")]
    assert len(places) == 5 + 1 + 8
    assert all(60 <= place <= 380 for place in places)
    heights = [float(at) for at in find(page, "//circle/@cy | //svg//rect/@y")]
    assert all(0 <= height <= 212 for height in heights)


def test_what_is_compared_is_told_metric_by_metric() -> None:
    page = render(run(comparison=COMPARISON))
    assert texts(page, "//section[@id='comparison']//table[1]//tr/td[last()]")[:3] == [
        "no clear difference", "better", "worse",
    ]  # fmt: skip
    shown = section(page, "comparison")
    for words in (
        "1 question is right now that was not; 1 was right and is not any more.",
        "Not compared: 1 asked only now, 2 changed.",
        "+0.100 +0.050 to +0.150", "0.012", "2, 0, 1", "under 0.001", "keywords", "hybrid",
        "before: Rome · now: in May 2002", "before: the king · now: declined",
    ):  # fmt: skip
        assert words in shown
    assert find(page, "//section[@id='comparison']//a/@href") == ["#q0", "#q1"]


def test_the_verdict_is_that_of_the_test() -> None:
    right = comparable(run(*(question(id_, conversation=int(id_)) for id_ in "123")))
    wrong = comparable(run(*(question(i, conversation=int(i), scores={"f1": 0.1}) for i in "123")))
    (f1,) = (given for given in compare(right, wrong).metrics if given.metric == "f1")
    assert (f1.p, f1.difference.low > 0) == (0.25, True)  # three of three gained may be chance
    page = render(run(comparison=compare(right, wrong).as_json()))
    verdicts = texts(page, "//section[@id='comparison']//table[1]//tr/td[last()]")
    assert set(verdicts) == {"no clear difference"}
    assert "Not compared question by question: Right, Calibration error" in section(
        page, "comparison"
    )


def test_kinds_that_differ_in_case_can_each_be_chosen() -> None:
    page = render(run(question("1", kind="Who"), question("2", kind="who")))
    assert find(page, "//select[@id='kind']/option/@value") == ["", "Who", "who"]


def hostile_run() -> dict[str, Any]:
    asked = missed(
        HOSTILE, question=HOSTILE, understood_as=HOSTILE + "?", kind=HOSTILE, document=HOSTILE,
        answers=[HOSTILE], answer=HOSTILE, best_answer=HOSTILE * 2, cause=HOSTILE,
        citations=[CITATION | {"title": HOSTILE, "path": HOSTILE, "quote": "<script>alert(1)",
                               "sentence": HOSTILE}],
        passages=[PASSAGE | {"title": HOSTILE, "path": HOSTILE, "text": HOSTILE}],
    )  # fmt: skip
    of_group = {HOSTILE: {"f1": figure(0.5)}}
    made = run(asked, question(), by_kind=of_group, by_document=of_group, comparison=COMPARISON)
    made["settings"] |= {"test_set": HOSTILE, HOSTILE: HOSTILE}
    made["metrics"][HOSTILE] = figure(0.5)
    return made


def test_what_documents_and_questions_hold_is_text_and_nothing_else() -> None:
    page = render(hostile_run())
    assert len(find(page, "//script")) == 1
    assert (
        find(page, "//img | //iframe | //object | //form | //@*[starts-with(name(), 'on')]") == []
    )
    assert "49" not in section(page, "questions")
    assert "<script>alert" not in page
    assert texts(page, "//mark")[0] == "<script>alert(1)"


def test_the_page_asks_nothing_of_any_host() -> None:
    page = render(run(comparison=COMPARISON), back="/evaluation")
    targets = find(page, "//@href | //@src | //@action | //@srcset | //@data")
    assert {re.sub("data:.*|#.*", "", target) for target in targets} == {"", "/evaluation"}
    assert re.sub(r"http://www\.w3\.org/2000/svg", "", page).find("://") < 0
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_allows_its_own_style_and_script_alone() -> None:
    page = render(hostile_run())
    (allowed,) = find(page, "//meta[@http-equiv='Content-Security-Policy']/@content")
    assert allowed == policy()
    assert "unsafe" not in allowed
    for name in ("style", "script"):
        (inlined,) = re.findall(f"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = b64encode(sha256(inlined.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in allowed
    assert find(page, "//*[@style]") == []


def kept(day: int, test_set: str = "dev.jsonl", **metrics: float) -> RunSummary:
    figures = {name: figure(value) for name, value in metrics.items()}
    return RunSummary(f"run-{day}", datetime(2026, 11, day, tzinfo=UTC), test_set, 26, figures)


def test_kept_runs_are_listed_the_newest_first_with_a_trend_for_each_test_set() -> None:
    runs = [kept(1, right=0.5, f1=0.6), kept(2, "other", f1=0.7), kept(3, right=0.8, f1=0.9)]
    page = render_list(runs, address="/evaluation/{}".format, back="/")
    assert find(page, "//th/a/@href") == [f"/evaluation/run-{day}" for day in (3, 2, 1)]
    assert texts(page, "//figure/h3") == ["dev.jsonl"]
    assert texts(page, "//figure//tbody/tr") == [
        "11 November 2026, 00:00 UTC0.5000.600",
        "23 November 2026, 00:00 UTC0.8000.900",
    ]
    heights = [float(at) for at in find(page, "//figure//g[@class='line-1']/circle/@cy")]
    assert heights[0] > heights[1]
    assert texts(page, "//figure//li") == ["Right", "F1"]


def test_a_run_that_lacks_a_metric_of_the_others_says_so() -> None:
    page = render_list([kept(1, f1=0.6), kept(2, right=0.8, f1=0.9)], address=str, back="/")
    assert "not measured" in texts(page, "//figure//tbody/tr")[0]


def test_without_runs_the_list_says_how_to_make_one() -> None:
    page = render_list([], address=str, back="/")
    assert "assistant evaluate questions.jsonl" in texts(page, "//pre")
    assert find(page, "//table | //figure") == []
