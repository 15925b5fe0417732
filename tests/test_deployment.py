"""What deployments must not hold, and what they must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).parent.parent / "deploy"
SECRETS = ("PASSWORD", "SECRET", "TOKEN")


def variables(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield the environment's names and literal values, as either kind of file has them."""
    if isinstance(part, list):
        for each in part:
            yield from variables(each)
    elif isinstance(part, dict):
        if {"name", "value"} <= part.keys():
            yield part["name"], part["value"]
        for name, value in part.items():
            if isinstance(value, dict | list):
                yield from variables(value)
            else:
                yield name, value


def literal_secrets(text: str) -> list[str]:
    yaml = pytest.importorskip("yaml")
    found = variables(list(yaml.safe_load_all(text)))
    return [
        name
        for name, value in found
        if any(word in name for word in SECRETS) and not str(value).startswith("${")
    ]


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_deployment_holds_no_password(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    assert "NOT RUN HERE" in text
    assert literal_secrets(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "spec: {env: [{name: MINIO_ROOT_PASSWORD, value: hunter2}]}",
        "env:\n- name: MINIO_ROOT_PASSWORD\n  value: hunter2",
        "data: {MINIO_ROOT_PASSWORD: hunter2}",
    ],
)
def test_password_in_a_deployment_is_noticed(text: str) -> None:
    assert literal_secrets(text) == ["MINIO_ROOT_PASSWORD"]


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_deployment_says_by_which_names_its_servers_are_reached(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    found = dict(variables(list(yaml.safe_load_all((DEPLOY / name).read_text("utf-8")))))
    assert "localhost" in found["ASSISTANT_ALLOWED_HOSTS"]
