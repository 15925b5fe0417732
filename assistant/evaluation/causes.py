"""Why a miss missed: of each wrong answer, the one step at which the right one was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from types import MappingProxyType

from assistant.answering import READ
from assistant.evaluation.metrics import answer_contained, is_right
from assistant.evaluation.places import GoldPlaces
from assistant.records import Answer
from assistant.testsets.records import GoldQuestion
from index.records import Hit, Passage
from index.search import SearchResult

_SURE = 0.9  # confidence of an answer that makes the gold answer doubtful,
_PLACES = 2  # where it also stands in so many places of the likeliest passages


class Cause(StrEnum):
    """The step at which a right answer was lost, in the order in which the steps are taken."""

    NOT_EXTRACTED = "not_extracted"
    SPLIT_OVER_PASSAGES = "split_over_passages"
    NOT_RETRIEVED = "not_retrieved"
    BELOW_THE_CUT = "below_the_cut"
    OTHER_SPAN = "other_span"
    WRONG_EXTENT = "wrong_extent"
    ABSTAINED = "abstained"
    ANSWERED_UNANSWERABLE = "answered_unanswerable"
    DOUBTFUL_GOLD = "doubtful_gold"

    @property
    def in_words(self) -> str:
        """What a person is told."""
        return _IN_WORDS[self]


_IN_WORDS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.NOT_EXTRACTED: "the answer is not in the text that was extracted",
        Cause.SPLIT_OVER_PASSAGES: "no passage holds the answer whole",
        Cause.NOT_RETRIEVED: "neither search found the passage that answers",
        Cause.BELOW_THE_CUT: "the passage was found, but ranked below the likeliest",
        Cause.OTHER_SPAN: "the passage was among the likeliest, but another span won",
        Cause.WRONG_EXTENT: "the right place, but too much or too little of it",
        Cause.ABSTAINED: "the right answer, but not sure enough to give it",
        Cause.ANSWERED_UNANSWERABLE: "answered, though the documents don't say",
        Cause.DOUBTFUL_GOLD: "another answer, sure and in several places: is the gold one right?",
    }
)


def find_cause(
    gold: GoldQuestion,
    given: Answer,
    best: Answer,
    searched: SearchResult,
    places: GoldPlaces,
) -> Cause | None:
    """Return why an answer is wrong, or None when it is right.

    Args:
        gold: The question.
        given: What it was answered.
        best: What it is answered with abstention off.
        searched: What was found for it, where it was asked.
        places: Tells what falls on the gold place.
    """
    answers = gold.answers or ()
    if is_right(given.answer, answers):
        return None
    if answers and is_right(best.answer, answers):
        return Cause.ABSTAINED
    if answers and any(places.is_cited(gold, citation) for citation in best.citations):
        return Cause.WRONG_EXTENT
    if _is_sure(best, searched.hits[:READ]):
        return Cause.DOUBTFUL_GOLD
    if not answers:
        return Cause.ANSWERED_UNANSWERABLE
    return _lost_before_reading(gold, searched, places) or Cause.OTHER_SPAN


def _lost_before_reading(
    gold: GoldQuestion, searched: SearchResult, places: GoldPlaces
) -> Cause | None:
    if not places.is_extracted(gold):
        return Cause.NOT_EXTRACTED
    if not places.is_in_one_passage(gold):
        return Cause.SPLIT_OVER_PASSAGES
    if _any_in(places, gold, searched.hits[:READ]):
        return None
    found = chain(searched.dense, searched.keywords)
    is_found = _any_in(places, gold, tuple(found))
    return Cause.BELOW_THE_CUT if is_found else Cause.NOT_RETRIEVED


def _any_in(places: GoldPlaces, gold: GoldQuestion, hits: Sequence[Hit]) -> bool:
    return any(places.is_in(gold, hit.passage) for hit in hits)


def _is_sure(best: Answer, read: Sequence[Hit]) -> bool:
    """Tell whether an answer is so sure, and said so often, that the gold one may be wrong."""
    said = [hit.passage for hit in read if answer_contained(hit.passage.text, [best.answer])]
    return best.confidence >= _SURE and _count_apart(said) >= _PLACES


def _count_apart(passages: Sequence[Passage]) -> int:
    """Return how many passages at most don't overlap: what overlaps may say a thing only once."""
    apart: list[Passage] = []
    for passage in sorted(passages, key=attrgetter("end")):
        if not any(
            other.document_id == passage.document_id and passage.start < other.end
            for other in apart
        ):
            apart.append(passage)
    return len(apart)
