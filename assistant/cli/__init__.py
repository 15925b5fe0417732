"""The command line: parse, call, print."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module

import click

from index.errors import (
    AssistantError,
    ConfigurationError,
    IndexFolderError,
    IndexMissingError,
    TestSetError,
    UnknownDocumentError,
)

_CALLERS_MISTAKES = (ConfigurationError, IndexMissingError, TestSetError, UnknownDocumentError)
# Of each command: the module and the function in it.
_COMMANDS = {
    "ask": ("asking", "ask"),
    "calibrate": ("calibrating", "calibrate"),
    "chat": ("chatting", "chat"),
    "doctor": ("indexing", "doctor"),
    "evaluate": ("evaluating", "evaluate"),
    "feedback": ("feedback", "feedback"),
    "index": ("indexing", "index_command"),
    "recount": ("indexing", "recount"),
    "remove": ("indexing", "remove"),
    "serve": ("serving", "serve"),
    "status": ("indexing", "status"),
    "testset": ("testset", "testset"),
    "token": ("token", "token"),
    "train-reader": ("training", "train_reader"),
}


def main() -> None:
    """Run the command line: exit with 0, with 2 on a mistake of the caller's, 1 on a failure."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    try:
        sys.exit(cli(standalone_mode=False))  # which returns the code of an Exit
    except (click.Abort, KeyboardInterrupt):
        sys.exit("stopped")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except AssistantError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(
            2 if isinstance(error, _CALLERS_MISTAKES) or type(error) is IndexFolderError else 1
        )
    except (OSError, MemoryError) as error:
        click.echo(f"error: {error or 'out of memory'}", err=True)
        sys.exit(1)


class _Commands(click.Group):
    """Imports a command when it is called: a question need not wait for what training loads."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, function = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), function)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="document-assistant")
def cli() -> None:
    """Answer questions from a folder of documents, in the documents' own words.

    \b
    Start with:
      assistant index ~/Documents/reports
      assistant ask "When was the treaty signed?"
      assistant serve
    """  # noqa: D301 -- click reads the escape
