"""SQuAD 1.1 and 2.0 JSON: each paragraph is a document.

Source: Rajpurkar et al. 2016 and 2018 (https://rajpurkar.github.io/SQuAD-explorer/).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.testsets.parsing import Place, id_field, objects_field, optional_text, text_field
from assistant.testsets.records import (
    Conversation,
    CorpusDocument,
    GoldQuestion,
    TestSet,
    gold_document_qrels,
)
from index.records import Range


def read(path: Path, content: Mapping[str, Any]) -> TestSet:
    """Make a test set of SQuAD's JSON.

    Articles' titles are their paragraphs' titles; the document of paragraph p of article a (both
    from 1) has the id ``a-p``. A question without answers is unanswerable, as in SQuAD 2.0.

    Raises:
        TestSetError: A field is missing or of another type; the message names the paragraph.
    """
    documents: list[CorpusDocument] = []
    conversations: list[Conversation] = []
    for place, document, paragraph in paragraphs(path, content):
        documents.append(document)
        conversations += [
            Conversation((_question(place, record, document),))
            for record in objects_field(place, paragraph, "qas")
        ]
    qrels = gold_document_qrels(conversations)
    return TestSet(path.name, "squad", tuple(conversations), qrels, tuple(documents))


def paragraphs(
    path: Path, content: Mapping[str, Any]
) -> Iterator[tuple[Place, CorpusDocument, Mapping[str, Any]]]:
    """Yield each paragraph with its place in the file and its document.

    Raises:
        TestSetError: A field is missing or of another type.
    """
    for article_number, article in enumerate(
        objects_field(Place(path, "the file"), content, "data"), start=1
    ):
        place = Place(path, f"article {article_number}")
        title = (optional_text(place, article, "title") or "").replace("_", " ")
        for number, paragraph in enumerate(objects_field(place, article, "paragraphs"), start=1):
            place = Place(path, f"article {article_number}, paragraph {number}")
            text = text_field(place, paragraph, "context")
            yield place, CorpusDocument(f"{article_number}-{number}", title, text), paragraph


def _question(place: Place, record: Mapping[str, Any], document: CorpusDocument) -> GoldQuestion:
    answers = objects_field(place, record, "answers")
    texts = [text_field(place, answer, "text") for answer in answers]
    starts = [answer.get("answer_start") for answer in answers]
    return GoldQuestion(
        id_field(place, record, "id"),
        text_field(place, record, "question"),
        tuple(dict.fromkeys(texts)),
        document=document.id,
        places=tuple((part,) for part in dict.fromkeys(_ranges(document.text, texts, starts))),
    )


def _ranges(context: str, answers: Iterable[str], starts: Iterable[object]) -> Iterator[Range]:
    """Yield where answers stand; a start that is missing or wrong tells nothing."""
    for answer, start in zip(answers, starts, strict=True):
        if isinstance(start, int) and start >= 0 and context.startswith(answer, start):
            yield start, start + len(answer)
