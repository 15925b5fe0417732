from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env={**os.environ, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built as `pip install .` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    run("-m", "pip", "wheel", str(ROOT), *options, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    for package in ("assistant", "index", "web"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert path.relative_to(ROOT).as_posix() in held


@pytest.mark.slow
@pytest.mark.model
def test_wheel_installed_elsewhere_answers_and_shows_its_page(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    options = ("--no-deps", "--quiet", "--target", str(site))
    run("-m", "pip", "install", str(wheel), *options, cwd=tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pier.txt").write_text("The pier was built by Anders Lund in 1861.\n")
    main = ("-c", "from assistant.cli import main; main()")
    run(*main, "index", "docs", cwd=tmp_path, PYTHONPATH=str(site))
    asked = run(*main, "ask", "Who built the pier?", "--json", "--max-error", "1",
                cwd=tmp_path, PYTHONPATH=str(site))  # fmt: skip
    assert json.loads(asked)["answer"] == "Anders Lund"
    page = (
        "import web; from pathlib import Path\n"
        "from assistant.config import Settings\n"
        "from assistant.conversation.conversations import Conversations\n"
        "from assistant.opening import open_assistant\n"
        "with open_assistant(Settings(), None) as assistant:\n"
        "    client = web.create_app(assistant, Conversations(Path('.assistant'))).test_client()\n"
        "    reply = client.get('/', headers={'Accept': 'text/html'})\n"
        "    print(Path(web.__file__).parent.parent, reply.status_code)\n"
    )
    assert run("-c", page, cwd=tmp_path, PYTHONPATH=str(site)).split() == [str(site), "200"]


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    for requirement in wanted:
        name = requirement.split(">")[0].split("=")[0].lower().replace("_", "-")
        assert name in pinned
    assert "torch==2.13.0" in lines
