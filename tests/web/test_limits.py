from __future__ import annotations

from assistant.cli.serving import _limits
from assistant.config import Settings
from web.limits import Limits


def test_limits_are_by_themselves_what_the_settings_are() -> None:
    assert _limits(Settings()) == Limits()
