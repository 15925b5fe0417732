from __future__ import annotations

import pytest

from torture import crowd
from torture.crowd import Reply, unkindness


@pytest.mark.slow
@pytest.mark.model
def test_crowd_is_answered_or_refused_and_leaves_the_server_as_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert crowd.run(seed=1, minutes=0.05), capsys.readouterr().out


def test_how_a_crowd_was_refused_is_judged() -> None:
    answer, refusal = Reply(200, 0.0, 3.0, ""), Reply(503, 0.0, 0.1, "2")
    assert list(unkindness([answer, refusal])) == []
    assert list(unkindness([answer])) == ["nobody was refused"]
    assert list(unkindness([refusal, Reply(503, 0.0, 0.1, "")])) == [
        "1 refusals did not say when to come back"
    ]
    late = Reply(503, 0.0, 1.5, "2")
    assert list(unkindness([refusal, late, late])) == ["half of the refusals took more than 1.5 s"]
