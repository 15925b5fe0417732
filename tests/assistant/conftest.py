from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.answering import Assistant
from assistant.records import Span
from index.embedding import Embedder
from index.ingest import index
from index.records import Hit
from index.store import Store
from index.terms import terms

AssistantOver = Callable[[Mapping[str, str]], Assistant]


class SharedWordsReader:
    """Answers with whole sentences, the surer the more of the question's rare terms they hold."""

    name = "shared words"

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        spans = []
        for hit in hits:
            for start, end in hit.passage.sentences:
                text = hit.passage.text[start - hit.passage.start : end - hit.passage.start]
                shared = set(idf) & set(terms(text))
                score = 8.0 * len(shared) / max(1, len(idf)) - 4.0
                spans.append(Span(start, end, score, hit))
        return sorted(spans, key=lambda span: (-span.score, span.hit.rank, span.start))


@pytest.fixture
def assistant_over(tmp_path: Path, embedder: Embedder) -> Iterator[AssistantOver]:
    """Make an assistant over files given by name and content."""
    with ExitStack() as opened:

        def make(files: Mapping[str, str]) -> Assistant:
            folder = tmp_path / "harbour"
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content.encode())
            store = Store.open(tmp_path / "index", embedder_name=embedder.name, create=True)
            opened.enter_context(store)
            for _ in index(store, [folder], embedder=embedder):
                pass
            return Assistant(store, embedder, SharedWordsReader())

        yield make
