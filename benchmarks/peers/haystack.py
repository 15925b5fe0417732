"""Haystack: its BM25 and embedding retrievers, joined by reciprocal ranks, and its reader."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from assistant.answering import READ
from assistant.testsets.records import CorpusDocument
from benchmarks.peers import DEPTH, Models
from benchmarks.peers.passages import split

_RETRIEVED = 10  # by each retriever: its own default
_JOINED = "reciprocal_rank_fusion"


class Haystack:
    """A pipeline as Haystack's manual has it for hybrid retrieval and extractive answers.

    The reader reads as many passages as ours, and is told which of their tokens are the question's:
    of itself it leaves that out, and our weights would read worse than they can.
    """

    name = "Haystack"

    def __init__(self, models: Models) -> None:
        os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        embedder = {
            "model": str(models.embedder),
            "progress_bar": False,
            "model_kwargs": {"dtype": models.precision},
        }
        self._documents = SentenceTransformersDocumentEmbedder(**embedder)
        self._documents.warm_up()
        self._text = SentenceTransformersTextEmbedder(**embedder)
        self._store = InMemoryDocumentStore(return_embedding=False)
        self._keywords = InMemoryBM25Retriever(self._store, top_k=_RETRIEVED)
        self._dense = InMemoryEmbeddingRetriever(self._store, top_k=_RETRIEVED)
        self._joiner = DocumentJoiner(_JOINED)
        self._pipeline = self._connected(DocumentJoiner(_JOINED, top_k=READ), _reader(models))

    def _connected(self, joiner: Any, reader: Any) -> Any:
        from haystack import Pipeline

        pipeline = Pipeline()
        pipeline.add_component("text", self._text)
        pipeline.add_component("dense", self._dense)
        pipeline.add_component("keywords", self._keywords)
        pipeline.add_component("joiner", joiner)
        pipeline.add_component("reader", reader)
        pipeline.connect("text.embedding", "dense.query_embedding")
        pipeline.connect("dense", "joiner")
        pipeline.connect("keywords", "joiner")
        pipeline.connect("joiner", "reader.documents")
        return pipeline

    def index(self, documents: Sequence[CorpusDocument]) -> int:
        """Split, embed and store the documents."""
        from haystack import Document

        passages = [
            Document(content=part.text, meta={"name": part.document, "number": at})
            for at, part in enumerate(split(documents))
        ]
        embedded = self._documents.run(documents=passages)["documents"]
        return int(self._store.write_documents(embedded))

    def ask(self, question: str) -> str:
        """Return the best answer."""
        given = {
            "text": {"text": question},
            "keywords": {"query": question},
            "reader": {"query": question},
        }
        answers = self._pipeline.run(given)["reader"]["answers"]
        return answers[0].data if answers else ""

    def rank(self, question: str) -> list[str]:
        """Return the documents found."""
        embedding = self._text.run(text=question)["embedding"]
        keywords = self._keywords.run(query=question, top_k=DEPTH)["documents"]
        dense = self._dense.run(query_embedding=embedding, top_k=DEPTH)["documents"]
        found = self._joiner.run(documents=[keywords, dense])["documents"][:DEPTH]
        return list(dict.fromkeys(passage.meta["name"] for passage in found))


def _reader(models: Models) -> Any:
    from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

    reader = TransformersExtractiveReader(
        str(models.reader), no_answer=False, model_kwargs={"dtype": models.precision}
    )
    reader.warm_up()
    reader.model = _WithTypes(reader.model, reader.tokenizer.sep_token_id)
    return reader


class _WithTypes:
    """A model that is also told which tokens belong to the passage: those after a separator."""

    def __init__(self, model: Any, separator: int) -> None:
        self._model = model
        self._separator = separator

    def __call__(self, *, input_ids: Any, attention_mask: Any) -> Any:
        is_separator = (input_ids == self._separator).long()
        types = (is_separator.cumsum(1) - is_separator).clamp(max=1) * attention_mask
        return self._model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types)
