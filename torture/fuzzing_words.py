"""What the formats are made of, for the mutations: their words, and valid files to begin with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_WRITTEN: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text("ascii"))
TEXTS: Sequence[str] = _WRITTEN["texts"]


def words(name: str) -> Sequence[str]:
    """Return the words of a format."""
    found: Sequence[str] = _WRITTEN[name]["words"]
    return found


def seeds(name: str) -> Sequence[str]:
    """Return valid texts in a format."""
    found: Sequence[str] = _WRITTEN[name]["seeds"]
    return found
