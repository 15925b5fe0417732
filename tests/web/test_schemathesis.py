from __future__ import annotations

import os

import pytest

if not os.environ.get("CI"):  # there it may not be left out
    pytest.importorskip("schemathesis")

from torture import api

EXAMPLES = 5  # of each operation, right and wrong: more of them are a torture


@pytest.mark.slow
def test_interface_does_what_its_description_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert api.run(seed=1, examples=EXAMPLES), capsys.readouterr().out
