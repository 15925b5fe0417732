"""Documents written by hand, and an assistant that knows what they say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from assistant.records import Alternative, Answer, Citation, Mode, NearPassage, Question, Reason
from index.records import AlignedRun, Alignment, Block, BlockKind, Document, Passage
from index.store import Store

COUNCIL_ID = "c" * 32
COUNCIL = "# The council\n\nThe council met in Rome in May 2002. It had twenty-one seats.\n"
SCRIPT_ID = "5" * 32
SCRIPT = 'The key is <script>document.title = "owned"</script> & <img src=x onerror=alert(1)>.\n'


@dataclass(frozen=True, slots=True)
class TinyAssistant:
    """Answers what the council's document says, and declines everything else."""

    store: Store
    asked: list[Question] = field(default_factory=list)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        for document_id in question.documents:
            self.store.document(document_id)
        if "key" in question.text:
            return _answer(question, self.store.document(SCRIPT_ID), SCRIPT[11:-2], SCRIPT[:-1])
        if "council" in question.text:
            sentence = "The council met in Rome in May 2002."
            return _answer(question, self.store.document(COUNCIL_ID), "Rome", sentence)
        return _declined(question)


def make_document(
    document_id: str,
    path: str,
    source_text: str,
    *,
    heading: tuple[int, int] | None = None,
    **changed: Any,
) -> Document:
    """Make a document whose reading text is its source text, but for what is changed."""
    blocks = [Block(BlockKind.HEADING, *heading, level=1)] if heading else []
    made = Document(
        id=document_id,
        root="documents",
        path=path,
        title=source_text[slice(*heading)] if heading else path,
        media_type="text/plain",
        sha256=sha256(source_text.encode()).hexdigest(),
        source_text=source_text,
        source_sha256=sha256(source_text.encode()).hexdigest(),
        text=source_text,
        alignment=Alignment((AlignedRun(0, len(source_text), 0, len(source_text)),)),
        blocks=(*blocks, Block(BlockKind.PARAGRAPH, 0, len(source_text))),
        pages=(),
        extractor="test 1",
        quality=1.0,
        modified_at=1_000_000_000.0,
        published=None,
        metadata={},
    )
    return replace(made, **changed)


def make_passage(document: Document) -> Passage:
    whole = (0, len(document.text))
    return Passage(f"{document.id}-0", document.id, *whole, document.text, (whole,), section=())


def _answer(question: Question, document: Document, quote: str, sentence: str) -> Answer:
    start = document.source_text.index(quote)
    sentence_start = document.source_text.index(sentence)
    citation = Citation(
        number=1,
        document_id=document.id,
        title=document.title,
        path=document.path,
        sha256=document.sha256,
        page=None,
        section=("The council",) if document.id == COUNCIL_ID else (),
        quote=quote,
        sentence=sentence,
        source_ranges=((start, start + len(quote)),),
        source_sha256=document.source_sha256,
        sentence_ranges=((sentence_start, sentence_start + len(sentence)),),
        url=f"/documents/{document.id}?ranges={start}-{start + len(quote)}#first",
    )
    return Answer(
        question=question.text,
        understood_as=question.text,
        answer=quote,
        abstained=False,
        reason=None,
        confidence=0.93,
        mode=Mode.HYBRID,
        citations=(citation,),
        alternatives=(Alternative("May 2002", 0.41, citation),),
        passages=(_near(document),),
        generation=3,
        timings_ms={"search": 1.5, "read": 0.5, "total": 2.0},
    )


def _declined(question: Question) -> Answer:
    return Answer(
        question=question.text,
        understood_as=question.text,
        answer="",
        abstained=True,
        reason=Reason.NOTHING_NEAR,
        confidence=0.04,
        mode=Mode.HYBRID,
        citations=(),
        alternatives=(),
        passages=(),
        generation=3,
        timings_ms={"total": 1.0},
    )


def _near(document: Document) -> NearPassage:
    return NearPassage(
        document_id=document.id,
        title=document.title,
        path=document.path,
        page=None,
        section=(),
        text=document.source_text,
        source_ranges=((0, len(document.source_text)),),
        score=0.8,
        rank=1,
        retriever="hybrid",
    )
