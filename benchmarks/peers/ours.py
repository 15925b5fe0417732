"""This project, as `assistant evaluate` asks it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.answering import Assistant
from assistant.config import Settings
from assistant.opening import open_reader
from assistant.records import NEVER_ABSTAIN, Question
from assistant.testsets.corpus import index_corpus
from assistant.testsets.naming import name_documents
from assistant.testsets.records import CorpusDocument, TestSet
from benchmarks.peers import DEPTH
from index.embedding import Embedder
from index.events import Event
from index.ingest import index
from index.store import Store


class Ours:
    """The assistant over an index of its own.

    Args:
        store: An empty index.
        embedder: Whose vectors it takes.
        test_set: Gives the documents their names.
        files: What to index, where the test set brings no documents.
    """

    name = "this project"

    def __init__(
        self, store: Store, embedder: Embedder, test_set: TestSet, files: Path | None
    ) -> None:
        embedder.embed(["."])  # loads the weights
        self._store = store
        self._embedder = embedder
        self._assistant = Assistant(store, embedder, open_reader(Settings()))
        self._test_set = test_set
        self._files = files
        self._names: dict[str, str] = {}

    def index(self, documents: Sequence[CorpusDocument]) -> int:
        """Index the documents, or the files where there are any: these are extracted as well."""
        events: Iterator[Event]
        if self._files:
            events = index(self._store, [self._files], embedder=self._embedder)
        else:
            events = index_corpus(self._store, documents, self._embedder)
        deque(events, maxlen=0)
        self._names = name_documents(self._test_set, self._store.documents())
        return self._store.counts().passages

    def documents(self) -> tuple[CorpusDocument, ...]:
        """Return what was indexed, as text."""
        return tuple(
            CorpusDocument(self._name(document.id), document.title, document.text)
            for document in (self._store.document(found.id) for found in self._store.documents())
        )

    def ask(self, question: str) -> str:
        """Return the best answer."""
        return self._assistant.ask(Question(question, max_error=NEVER_ABSTAIN)).answer

    def rank(self, question: str) -> list[str]:
        """Return the documents found."""
        hits = self._assistant.search(Question(question, top_k=DEPTH)).hits
        return list(dict.fromkeys(self._name(hit.passage.document_id) for hit in hits))

    def _name(self, document: str) -> str:
        return self._names.get(document, document)
