"""Each cause planted once: what happened to a question decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from assistant.answering import READ, Assistant
from assistant.evaluation.causes import Cause
from assistant.evaluation.running import Examiner
from assistant.records import Span
from assistant.testsets.corpus import index_corpus
from assistant.testsets.records import (
    Conversation,
    CorpusDocument,
    GoldQuestion,
    TestSet,
    gold_document_qrels,
)
from index.embedding import Embedder
from index.records import Hit
from index.store import Store

QUESTION = "When was the harbour of Lund built?"
ACT = "The harbour of Lund was built by Berta Holm on 27 May 1997, and Oslo paid for it."

Diagnose = Callable[..., Cause | None]


class ScriptedReader:
    """Finds one text wherever a passage holds it."""

    name = "script"

    def __init__(self, answer: str, log_odds: float) -> None:
        self._answer = answer
        self._log_odds = log_odds

    def read(self, question: str, hits: Sequence[Hit], idf: Mapping[str, float]) -> list[Span]:
        return [
            Span(start, start + len(self._answer), self._log_odds, hit)
            for hit in hits
            if (at := hit.passage.text.find(self._answer)) >= 0
            for start in [hit.passage.start + at]
        ]


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[Store]:
    with Store.open(tmp_path / "index", embedder_name=embedder.name, create=True) as store:
        yield store


@pytest.fixture
def diagnose(store: Store, embedder: Embedder) -> Diagnose:
    """Return why a question is missed that is answered with a given text, given documents."""

    def run(
        gold: GoldQuestion,
        texts: Mapping[str, str],
        answer: str,
        *,
        log_odds: float = 1.0,
        oracle: bool = False,
    ) -> Cause | None:
        documents = tuple(CorpusDocument(name, "", text) for name, text in texts.items())
        list(index_corpus(store, documents, embedder))
        # An unanswerable question beside it lets the assistant abstain.
        turns = (gold, GoldQuestion("other", "Who?", (), gold.document))
        conversations = tuple(Conversation((turn,)) for turn in turns)
        qrels = gold_document_qrels(conversations)
        test_set = TestSet("t", "squad", conversations, qrels, documents)
        assistant = Assistant(store, embedder, ScriptedReader(answer, log_odds))
        result, _ = Examiner(test_set, assistant, oracle=oracle).run()
        return result.cause

    return run


def asked(*answers: str, document: str | None = "act") -> GoldQuestion:
    return GoldQuestion("q", QUESTION, answers, document)


def crowd(size: int) -> dict[str, str]:
    """Return documents that say every word of the question, and answer nothing."""
    return {f"crowd{n}": f"{QUESTION} They ask of jetty number {n}." for n in range(size)}


def test_right_answer_has_no_cause(diagnose: Diagnose) -> None:
    assert diagnose(asked("27 May 1997"), {"act": ACT}, "27 May 1997") is None


def test_answer_that_no_text_holds_was_not_extracted(diagnose: Diagnose) -> None:
    assert diagnose(asked("28 June 1998"), {"act": ACT}, "Oslo") is Cause.NOT_EXTRACTED


def test_answer_in_another_document_than_the_gold_one_was_not_extracted(diagnose: Diagnose) -> None:
    texts = {"act": "The harbour of Lund.", "other": ACT}
    assert diagnose(asked("27 May 1997"), texts, "Oslo") is Cause.NOT_EXTRACTED


def test_answer_across_two_passages_is_split(diagnose: Diagnose) -> None:
    paragraphs = [f"It ends {'on and ' * 120}on the tower.", f"Before noon{' and on' * 120}."]
    text = "\n\n".join(paragraphs)
    gold = asked("the tower. Before noon")
    assert diagnose(gold, {"act": text}, "It ends") is Cause.SPLIT_OVER_PASSAGES


def test_passage_that_neither_search_found_was_not_retrieved(diagnose: Diagnose) -> None:
    texts = {**crowd(120), "act": "Zymurgy began 1997."}
    assert diagnose(asked("1997"), texts, "jetty") is Cause.NOT_RETRIEVED


def test_passage_that_was_found_but_not_read_is_below_the_cut(diagnose: Diagnose) -> None:
    texts = {**crowd(2 * READ), "act": "Zymurgy of Lund began 1997."}
    assert diagnose(asked("1997"), texts, "jetty") is Cause.BELOW_THE_CUT


def test_passage_of_its_own_document_may_be_below_the_cut(diagnose: Diagnose) -> None:
    paragraphs = [f"{QUESTION} They ask of jetty {n}{' and on' * 100}." for n in range(2 * READ)]
    texts = {"act": "\n\n".join([*paragraphs, f"Zymurgy of Lund began 1997{' or so' * 100}."])}
    cause = diagnose(asked("1997"), texts, "jetty", oracle=True)
    assert cause is Cause.BELOW_THE_CUT


def test_other_span_won_where_the_passage_was_read(diagnose: Diagnose) -> None:
    assert diagnose(asked("27 May 1997"), {"act": ACT}, "Oslo") is Cause.OTHER_SPAN


def test_other_span_won_over_the_question_s_own_document(diagnose: Diagnose) -> None:
    cause = diagnose(asked("27 May 1997"), {"act": ACT}, "Oslo", oracle=True)
    assert cause is Cause.OTHER_SPAN


@pytest.mark.parametrize("answer", ["May", "by Berta Holm on 27 May 1997, and Oslo paid for it"])
def test_too_little_and_too_much_of_the_right_place_is_the_wrong_extent(
    diagnose: Diagnose, answer: str
) -> None:
    assert diagnose(asked("27 May 1997"), {"act": ACT}, answer) is Cause.WRONG_EXTENT


def test_same_words_elsewhere_are_another_span_where_the_place_is_known(diagnose: Diagnose) -> None:
    text = f"In May it rained. {ACT}"
    start = text.index("27 May")
    gold = GoldQuestion("q", QUESTION, ("27 May 1997",), "act", places=(((start, start + 11),),))
    assert diagnose(gold, {"act": text}, "May") is Cause.OTHER_SPAN


def test_right_answer_that_was_declined_was_abstained_from(diagnose: Diagnose) -> None:
    cause = diagnose(asked("27 May 1997"), {"act": ACT}, "27 May 1997", log_odds=-1.0)
    assert cause is Cause.ABSTAINED


def test_declining_loses_no_cause_of_a_wrong_answer(diagnose: Diagnose) -> None:
    cause = diagnose(asked("27 May 1997"), {"act": ACT}, "Oslo", log_odds=-1.0)
    assert cause is Cause.OTHER_SPAN


def test_answer_to_what_the_documents_don_t_say(diagnose: Diagnose) -> None:
    assert diagnose(asked(), {"act": ACT}, "Oslo") is Cause.ANSWERED_UNANSWERABLE


@pytest.mark.parametrize(
    ("copies", "log_odds", "cause"),
    [
        (2, 3.0, Cause.DOUBTFUL_GOLD),
        (2, 2.0, Cause.OTHER_SPAN),  # not so sure
        (1, 3.0, Cause.OTHER_SPAN),  # said once
    ],
)
def test_sure_answer_said_in_several_places_makes_the_gold_one_doubtful(
    diagnose: Diagnose, copies: int, log_odds: float, cause: Cause
) -> None:
    texts = {"act": "The harbour of Lund was built in 1901."}
    texts |= {f"copy{n}": f"The harbour of Lund was built {n} in 1997." for n in range(copies)}
    assert diagnose(asked("1901"), texts, "1997", log_odds=log_odds) is cause


def test_place_in_two_passages_that_overlap_is_one(diagnose: Diagnose, store: Store) -> None:
    filling = " ".join(f"The harbour of Lund has jetty number {n}." for n in range(27))
    texts = {"act": f"{filling} The harbour of Lund was built in 1997. {filling}"}
    assert diagnose(asked("1901"), texts, "1997", log_odds=3.0) is Cause.NOT_EXTRACTED
    (document,) = store.documents()
    with store.catalogue.reading() as rows:
        saying = [each for each in rows.passages_of(document.id) if "1997" in each.text]
    assert len(saying) == 2


@pytest.mark.parametrize("gold", [asked(), asked("28 June 1898")])
def test_gold_answer_that_stands_nowhere_may_be_doubtful_too(
    diagnose: Diagnose, gold: GoldQuestion
) -> None:
    texts = {"act": ACT, "copy": f"It is said: {ACT}"}
    assert diagnose(gold, texts, "27 May 1997", log_odds=3.0) is Cause.DOUBTFUL_GOLD


def test_every_cause_is_described() -> None:
    assert all(cause.in_words for cause in Cause)
