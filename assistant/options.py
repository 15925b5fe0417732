"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path

import click

index_option = click.option(
    "--index",
    "index",
    type=click.Path(path_type=Path),
    help="The index folder.  [default: .assistant]",
)
documents_option = click.option(
    "--documents",
    type=click.Path(exists=True, path_type=Path),
    help="Use these files instead of an index.",
)
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this new file.  [default: standard output]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")


def refuse_nan(_: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Refuse what no range of numbers excludes."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not a number", param=parameter)
    return value


max_error_option = click.option(
    "--max-error",
    type=click.FloatRange(0, 1),
    callback=refuse_nan,
    help="Accepted share of wrong answers among those given; 1 always answers.  [default: answer "
    "what is more likely right than wrong]",
)
