"""Requests made after our own description of the interface, right and wrong ones.

An answer whose status, type or body is not described is a violation, and any 500 is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import SkipTest

import hypothesis
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.web.making import COUNCIL_ID, PAPER_ID, SCRIPT_ID, fill, write_documents
from torture.tally import Tally
from web import create_app
from web.current import served
from web.readiness import Stage

_CHECKS = {
    "negative_data_rejection": {"expected-statuses": ["4xx"]},  # 413 too, and never a 503
    # What the description lets through may still be refused: it cannot say all that is wrong.
    "positive_data_acceptance": {"enabled": False},
}
_TOLD = 2_000  # characters of a fault: a body may be long
_ASKED = {"question": "Where did the council meet?", "conversation_id": "begun"}
_KNOWN = st.fixed_dictionaries(  # nearly all other names are answered with 404
    {
        "document_id": st.sampled_from([COUNCIL_ID, SCRIPT_ID, PAPER_ID]),
        "conversation_id": st.just(_ASKED["conversation_id"]),
    }
)


def run(*, seed: int, examples: int = 500) -> bool:
    """Make requests to every operation; return whether each did what its description says.

    Args:
        seed: Which requests.
        examples: Right ones to each operation, and as many wrong ones.
    """
    tally = Tally("api", seed)
    with TemporaryDirectory() as folder, _described(Path(folder)) as description:
        operations = [found.ok() for found in description.get_all_operations()]
        operations.sort(key=lambda operation: operation.method == "delete")  # ends what is known
        tally.counts["operations"] = len(operations)
        for at in tally.rounds(len(operations)):
            for mode in GenerationMode:
                fault, statuses = _try(operations[at], mode, seed=seed, examples=examples)
                tally.counts.update(f"replies with {status}" for status in statuses.elements())
                tally.broken(operations[at].label, [fault] if fault else [])
    return tally.close()


@contextmanager
def _described(folder: Path) -> Iterator[Any]:
    """Describe an application of its own: requests add and remove documents."""
    write_documents(folder / "documents")
    with (
        Store.open(folder / "index", embedder_name=None, create=True) as store,
        closing(Conversations(folder)) as conversations,
    ):
        app = create_app(fill(store, folder / "documents"), conversations)
        served(app).readiness.stage = Stage.READY
        app.test_client().post("/ask", json=_ASKED)
        config = schemathesis.Config.from_dict({"checks": _CHECKS})
        yield schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)


def _try(
    operation: Any, mode: GenerationMode, *, seed: int, examples: int
) -> tuple[str, Counter[int]]:
    """Make requests to an operation; return what is wrong with an answer, and all statuses."""
    statuses: Counter[int] = Counter()

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.none() | _KNOWN)
    def ask(case: Any, known: dict[str, str] | None) -> None:
        if known and mode is GenerationMode.POSITIVE:
            case.path_parameters |= {
                name: known[name] for name in case.path_parameters & known.keys()
            }
        statuses[case.call_and_validate().status_code] += 1

    try:
        ask()
    except (Unsatisfiable, SkipTest):  # nothing can be wrong with it
        return "", statuses
    except BaseExceptionGroup as error:
        return str(error)[:_TOLD], statuses
    return "", statuses
