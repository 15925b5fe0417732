"""Where databases lie: in files, or in schemas of a PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from index.errors import ConfigurationError

CATALOGUE, CONVERSATIONS = "catalogue", "conversations"
_FORMS = "sqlite:////path/to/catalogue.sqlite or postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema of a PostgreSQL database; no text of it shows the password."""

    url: URL
    name: str

    def __str__(self) -> str:
        shown = URL.create(
            "postgresql", self.url.username, None, self.url.host, self.url.port, self.url.database
        )
        return f"{shown} ({self.name})"

    __repr__ = __str__


Place = Path | Schema  # of an SQLite file, or on a server


def place_of(name: str, folder: Path, setting: str) -> Place:
    """Return where the database of a name lies.

    Args:
        name: ``CATALOGUE``, or ``CONVERSATIONS``, which lie beside it.
        folder: The index folder.
        setting: A URL of the catalogue; "" for a file in the index folder.

    Raises:
        ConfigurationError: The setting is no URL that we know.
    """
    if not setting:
        return folder / f"{name}.sqlite"
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError):  # whose words may quote a password
        raise _unknown() from None
    if "@" in (url.host or ""):  # what comes before it would be shown
        raise ConfigurationError(
            "the setting `catalogue` has more than one @: write %40 for one in a user or password"
        )
    if url.drivername == "sqlite" and url.database and not url.query:
        path = Path(url.database).absolute()
        if path.name == f"{CONVERSATIONS}.sqlite":
            raise ConfigurationError(
                f"the setting `catalogue` names {path}, which is for the conversations beside it: "
                "give the catalogue another name"
            )
        return path if name == CATALOGUE else path.with_name(f"{name}.sqlite")
    if url.drivername == "postgresql":
        return Schema(url.set(drivername="postgresql+psycopg"), name)
    raise _unknown()


def _unknown() -> ConfigurationError:
    return ConfigurationError(f"the setting `catalogue` has another form: give {_FORMS}")
