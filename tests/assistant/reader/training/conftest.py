from __future__ import annotations

import pytest

from assistant.reader.training.settings import TrainingSettings


@pytest.fixture(autouse=True)
def _in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which precision is faster depends on the machine, and so small, on what else it does."""
    monkeypatch.setattr("assistant.reader.training.is_faster_narrow", lambda *_: False)


@pytest.fixture
def quick() -> TrainingSettings:
    """Settings under which a tiny encoder learns in seconds."""
    return TrainingSettings(passes=8, learning_rate=3e-3, batch_size=8, negatives=0.25)
