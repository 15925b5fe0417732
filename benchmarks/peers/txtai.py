"""txtai: its hybrid index and its extractive question answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.answering import READ
from assistant.testsets.records import CorpusDocument
from benchmarks.peers import DEPTH, Models
from benchmarks.peers.passages import split

_LONGEST = 512  # tokens: what the reader's encoder has positions for


class Txtai:
    """Embeddings with content, searched both ways, and Questions over the passages found.

    Its reader gives no scores to compare passages by, so the first passage in the order of the
    search that it finds an answer in gives the answer. It declines below a probability of 0.05,
    and where the weights say that a passage holds no answer it fails: that is no answer, too.
    """

    name = "txtai"

    def __init__(self, models: Models) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings(
            path=str(models.embedder),
            hybrid=True,
            content=True,
            gpu=False,
            vectors={"dtype": models.precision},
        )
        self._embeddings.index([("", ".", None)])  # loads the weights
        self._read = _reader(models)
        self._names: list[str] = []

    def index(self, documents: Sequence[CorpusDocument]) -> int:
        """Split the documents and index the passages."""
        passages = split(documents)
        self._names = [passage.document for passage in passages]
        self._embeddings.index((str(at), part.text, None) for at, part in enumerate(passages))
        return len(passages)

    def ask(self, question: str) -> str:
        """Return the first answer found."""
        for found in self._embeddings.search(question, READ):
            try:
                (answer,) = self._read([question], [found["text"]])
            except TypeError:  # the likeliest span is no span of the passage
                continue
            if answer:
                return str(answer)
        return ""

    def rank(self, question: str) -> list[str]:
        """Return the documents found."""
        found = self._embeddings.search(question, DEPTH)
        return list(dict.fromkeys(self._names[int(passage["id"])] for passage in found))


def _reader(models: Models) -> Any:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    from txtai.pipeline import Questions

    model = AutoModelForQuestionAnswering.from_pretrained(models.reader, dtype=models.precision)
    tokenizer = AutoTokenizer.from_pretrained(models.reader, model_max_length=_LONGEST)
    return Questions((model.eval(), tokenizer), gpu=False)
