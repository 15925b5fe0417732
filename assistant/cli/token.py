"""The command that shows and renews the token of a server."""

from __future__ import annotations

from typing import Any

import click

from assistant.config import load_settings
from assistant.options import index_option
from assistant.tokens import ensure_token, renew_token


@click.command()
@index_option
@click.option("--new", is_flag=True, help="Make another one: all who signed in have to do it anew.")
def token(new: bool, **flags: Any) -> None:
    """Show the token that a server demands, and make it where there is none.

    Programs send it as `Authorization: Bearer TOKEN`; browsers ask for it.
    """
    folder = load_settings(flags).index
    click.echo(renew_token(folder) if new else ensure_token(folder)[0])
