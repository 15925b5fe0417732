from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.scale
DEPLOY = Path(__file__).parent.parent / "deploy"


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_deployment_can_be_read_and_holds_no_password(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    text = (DEPLOY / name).read_text("utf-8")
    assert all(part for part in yaml.safe_load_all(text))
    assert "NOT RUN HERE" in text
    for line in text.splitlines():
        if "PASSWORD: " in line or "SECRET_ACCESS_KEY: " in line:
            assert "${" in line
