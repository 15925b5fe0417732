"""Requests made after our own description of the interface, right and wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.web.making import fill, write_documents
from web import create_app
from web.current import served
from web.readiness import Stage

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")
EXAMPLES = 5  # of each operation, right and wrong


@pytest.fixture
def described(tmp_path: Path) -> Iterator[Any]:
    """Describe an application of its own: requests add and remove documents."""
    write_documents(tmp_path / "documents")
    with (
        Store.open(tmp_path / "index", embedder_name=None, create=True) as store,
        closing(Conversations(tmp_path)) as conversations,
    ):
        app = create_app(fill(store, tmp_path / "documents"), conversations)
        served(app).readiness.stage = Stage.READY
        yield schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.slow
def test_interface_does_what_its_description_says(described: Any) -> None:
    operations = [found.ok() for found in described.get_all_operations()]
    faults = [fault(one, mode) for one in operations for mode in schemathesis.GenerationMode]
    assert list(filter(None, faults)) == []


def fault(operation: Any, mode: Any) -> str:
    """Make requests to an operation, and return what is wrong with an answer."""

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        # What the description lets through may still be refused: it cannot say all that is wrong.
        case.call_and_validate(excluded_checks=[checks.positive_data_acceptance])

    try:
        ask()
    except (Unsatisfiable, SkipTest):  # nothing can be wrong with it
        return ""
    except BaseExceptionGroup as error:
        return f"{operation.label}: {error}"
    return ""
