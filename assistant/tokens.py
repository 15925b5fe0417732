"""The token that lets people and programs in, kept in the index folder for its owner alone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from secrets import token_urlsafe

from index.durable import replacing
from index.errors import ConfigurationError, IndexMissingError

TOKEN_FILE = "token"  # noqa: S105 - a file's name
_BYTES = 32
_FORM = re.compile(r"[\w.~-]{22,}", re.ASCII)  # 128 bits or more in 64 characters


def read_token(folder: Path) -> str:
    """Read the token of an index folder.

    Raises:
        ConfigurationError: There is none, or the file does not hold one.
    """
    path = folder / TOKEN_FILE
    try:
        token = path.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: make it with `assistant token`"
        ) from error
    if not _FORM.fullmatch(token):
        raise ConfigurationError(f"{path} holds no token: make one with `assistant token --new`")
    return token


def ensure_token(folder: Path) -> tuple[str, bool]:
    """Read the token of an index folder, and make it where there is none.

    Returns:
        The token, and whether it is new.

    Raises:
        IndexMissingError: There is no such folder.
        ConfigurationError: The file cannot be read, or does not hold a token.
    """
    if (folder / TOKEN_FILE).exists():
        return read_token(folder), False
    return renew_token(folder), True


def renew_token(folder: Path) -> str:
    """Make a token in place of the one before, which lets nobody in from now on.

    Raises:
        IndexMissingError: There is no such folder.
    """
    if not folder.is_dir():
        raise IndexMissingError(f"{folder} is no index: make one with `assistant index PATH`")
    token = token_urlsafe(_BYTES)
    with replacing(folder / TOKEN_FILE) as file:
        os.fchmod(file.fileno(), 0o600)  # before anything is in it
        file.write(f"{token}\n".encode("ascii"))
    return token
