"""Pages that show runs: each holds all that it needs, and asks nothing of any host."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.evaluation.direction import lower_is_better
from assistant.evaluation.report import latencies, summary, trends, trust, words
from assistant.evaluation.runs import RunSummary

_FOLDER = Path(__file__).parent


def render(run: Mapping[str, Any], *, back: str | None = None) -> str:
    """Return the page of a run, to be opened from disk or served with ``policy()``.

    Args:
        run: What ``evaluate --json`` writes, with what it is compared with under "comparison".
        back: The address of the list of runs, where there is one.
    """
    charts = [trust.reliability(run), trust.risk_coverage(run), latencies.latency(run)]
    return (
        _environment()
        .get_template("run.html")
        .render(
            run=run,
            headline=summary.headline(run),
            missed=summary.misses(run),
            groupings=summary.groupings(run),
            charts=[chart for chart in charts if chart],
            places={question["id"]: place for place, question in enumerate(run["questions"])},
            back=back,
        )
    )


def render_list(runs: Sequence[RunSummary], *, address: Callable[[str], str], back: str) -> str:
    """Return the page that lists kept runs, the newest first, with a trend for each test set.

    Args:
        runs: The oldest first.
        address: Gives the address of a run by its name.
        back: The address of the page that leads here.
    """
    return (
        _environment()
        .get_template("runs.html")
        .render(
            runs=runs[::-1],
            metrics=trends.headlines(runs),
            charts=trends.trends(runs),
            address=address,
            back=back,
        )
    )


def policy() -> str:
    """Return the Content-Security-Policy of the pages: their own style and script, and no more."""
    style, script = (_digest(_inlined(name)) for name in ("report.css", "report.js"))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _inlined(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text("utf-8"))  # noqa: S704 - a file of this package


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(
        policy=policy,
        inlined=_inlined,
        meaning=words.meaning,
        describe=summary.describe,
        in_order=words.in_order,
        grouped=words.grouped,
        lower_is_better=lower_is_better,
    )
    environment.filters.update(
        label=words.label,
        value=words.value,
        percent=words.percent,
        probability=words.probability,
        reason=words.reason,
        moment=words.moment,
        setting=words.setting,
    )
    return environment
