from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from assistant.evaluation.report.trends import trends
from assistant.evaluation.runs import RunSummary
from tests.assistant.evaluation.made_runs import figure


def kept(day: int, f1: float = 0.5) -> RunSummary:
    started = datetime(2026, 11, day, tzinfo=UTC)
    return RunSummary(f"run-{day}", started, "dev.jsonl", 26, {"f1": figure(f1)})


def test_runs_over_a_question_s_own_document_have_a_trend_of_their_own() -> None:
    runs = [replace(kept(day), oracle=day % 2 == 0) for day in (1, 2, 3, 4)]
    of_all, of_own = trends(runs)
    assert (of_all.title, of_own.title) == ("dev.jsonl", "dev.jsonl, own document alone")
    started = [[row[1].split(" ")[0] for row in chart.rows] for chart in (of_all, of_own)]
    assert started == [["1", "3"], ["2", "4"]]


def test_figures_beyond_their_range_stretch_no_axis() -> None:
    (chart,) = trends([kept(1, 1e308), kept(2, -1e308)])
    assert len(chart.y_ticks) == 11
