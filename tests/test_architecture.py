from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path for name in ("index", "assistant", "web") for path in (ROOT / name).rglob("*.py")
)
FORBIDDEN = {"index": {"assistant", "web", "flask"}, "assistant": {"web", "flask"}, "web": set()}
HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "flask", "sklearn", "pymilvus")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    imported = set(imports_in(ast.parse(path.read_text("utf-8"))))
    allowed = {"web"} if name_of(path) == "assistant/cli/serving.py" else set()
    assert not imported & FORBIDDEN[package] - allowed


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints_and_only_the_configuration_reads_the_environment(
    path: Path,
) -> None:
    source = path.read_text("utf-8")
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    prints = "print" in names or "click.echo" in source
    assert name_of(path).startswith("assistant/cli/") or not prints
    reads = any(name in source for name in ("os.environ", "getenv"))
    assert name_of(path) == "assistant/config.py" or not reads


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_pickled(path: Path) -> None:
    imported = set(imports_in(ast.parse(path.read_text("utf-8"))))
    assert not imported & {"pickle", "shelve", "marshal", "joblib", "dill"}
    assert "allow_pickle=True" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_stay_readable(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


def test_importing_the_packages_loads_no_model_library() -> None:
    program = (
        "import sys, assistant.answering, assistant.reader.reading, index.ingest\n"
        "import assistant.cli.asking, assistant.cli.indexing, assistant.cli.evaluating\n"
        "import assistant.cli.serving, assistant.cli.training\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
