from __future__ import annotations

import pytest

from torture import crowd


@pytest.mark.slow
@pytest.mark.model
def test_crowd_is_answered_or_refused_and_leaves_the_server_as_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert crowd.run(seed=1, minutes=0.1), capsys.readouterr().out
