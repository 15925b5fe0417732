from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs fork and /proc")
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("kills", ("--runs", "9")),
        ("full-disk", ("--runs", "6")),
        ("corruption", ("--runs", "4")),
        ("readers", ("--minutes", "0.1")),
    ],
)
def test_index_bears_a_short_torture(name: str, size: tuple[str, str]) -> None:
    line = [sys.executable, "-m", "torture", name, *size, "--seed", "6"]
    run = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 violations" in run.stdout
