"""Types of columns that hold any text, NUL characters included, in every database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

_ESCAPE, _NUL = "\x1b", "\x1b0"  # ESC is as rare in texts as NUL, which PostgreSQL's cannot hold
_ESCAPED = f"{_ESCAPE}{_ESCAPE}"


class Utf8(TypeDecorator[str]):
    """A text stored as its UTF-8 bytes: it is only read, never compared or searched."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encode on the way in."""
        return None if value is None else value.encode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Decode on the way out."""
        return None if value is None else bytes(value).decode()


class Text(TypeDecorator[str]):
    """A text that is compared, ordered and searched as it is in SQLite: by code points."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Compare by code points, whatever language the server was set up for."""
        is_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(String(collation="C") if is_postgresql else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what PostgreSQL does not take."""
        if value is None or dialect.name != "postgresql":
            return value
        return value.replace(_ESCAPE, _ESCAPED).replace("\0", _NUL)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Return what was put in."""
        if dialect.name != "postgresql" or value is None or _ESCAPE not in value:
            return value
        parts = value.split(_ESCAPED)
        return _ESCAPE.join(part.replace(_NUL, "\0") for part in parts)
