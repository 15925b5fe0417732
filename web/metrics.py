"""What one application counts, in Prometheus' terms."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from assistant.records import Answer
from index.errors import IndexFolderError
from index.store import Store
from web.queueing import Queue

_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)
_logger = logging.getLogger(__name__)


class Metrics:
    """Counters of one application, in a registry of its own.

    Args:
        store: The index whose size is told.
        questions: The queue whose length is told.

    Attributes:
        registry: All of them.
        requests: By route and status.
        errors: By code.
    """

    def __init__(self, store: Store, questions: Queue) -> None:
        self.registry = own = CollectorRegistry()
        self._questions = Counter(
            "assistant_questions", "Questions that were decided.", registry=own
        )
        self._abstentions = Counter(
            "assistant_abstentions", "Questions that were declined.", ["reason"], registry=own
        )
        self._seconds = Histogram(
            "assistant_answer_seconds",
            "From a question to its answer, waiting included.",
            buckets=_SECONDS,
            registry=own,
        )
        self.requests = Counter(
            "assistant_requests", "Requests.", ["route", "status"], registry=own
        )
        self.errors = Counter("assistant_errors", "Errors told to clients.", ["code"], registry=own)
        answering = Gauge("assistant_answering", "Questions being answered.", registry=own)
        answering.set_function(lambda: questions.inside)
        waiting = Gauge("assistant_waiting", "Questions that wait.", registry=own)
        waiting.set_function(lambda: questions.waiting)
        own.register(_IndexSize(store))
        ProcessCollector(registry=own)

    def answered(self, answer: Answer, seconds: float) -> None:
        """Count an answer, or an abstention, that took so long."""
        self._questions.inc()
        self._seconds.observe(seconds)
        if answer.reason is not None:
            self._abstentions.labels(answer.reason).inc()


class _IndexSize(Collector):
    """Reads how much the index holds whenever it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            with self._store.catalogue.reading() as rows:
                counts, generation = rows.counts(), rows.state.generation
        except IndexFolderError as error:  # the other figures stand
            _logger.warning("the index's size is not told: %s", error)
            return
        for name, meaning, value in (
            ("generation", "Generation last committed.", generation),
            ("documents", "Documents in the index.", counts.documents),
            ("passages", "Passages in the index.", counts.passages),
        ):
            yield GaugeMetricFamily(f"assistant_index_{name}", meaning, value)
