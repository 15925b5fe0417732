"""The command line, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, without an embedder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASSISTANT_EMBEDDER": "/nowhere"}
    return subprocess.run(
        [sys.executable, "-c", "from assistant.cli import main; main()", *arguments],
        cwd=folder, env=environment, input=typed, capture_output=True, text=True, check=False,
    )  # fmt: skip
