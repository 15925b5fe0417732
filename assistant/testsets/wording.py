"""What the words of a test set's questions tell: what is asked, and whether it is asked twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from assistant.conversation.expletives import is_expletive
from assistant.drafting.lexicon import is_plural, parts_of_speech
from assistant.evaluation.matching import holds_any, letters
from assistant.evaluation.metrics import is_right, normalise
from assistant.testsets.problems import Finding, Problem
from assistant.testsets.records import Conversation, GoldQuestion
from index.terms import is_stop_word, query_terms

_ASKS = re.compile(
    r"\b(?:who|whom|whose|when|where|why|what|which|how (?:many|much|long|often|far|old)|how)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:(?P<one>it|he|him|she)|(?P<own>its|his|her|their)|(?:hers|they|them|theirs))\b",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"\b(?:this|these|those(?! (?:already|from|in|of|that|which|who|whose|with|without)\b)"
    r"|(?:did|does|do|is|was|are|were|has|had|have|at|by|for|from|in|of|on|to|with)"
    r" that(?! of\b))\b",
    re.IGNORECASE,
)
_WHO_DOES = re.compile(
    r"who (?!(?:are|can|could|did|do|does|had|has|have|is|was|were|will|would)\b)", re.IGNORECASE
)  # whose own something may be
_ASKED_FOR = re.compile(r"(?:\w+ )?(?:which|what|how many) \w+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=\s)[\"'\u201c\u2018(]?[^\W\d_a-z]\w*(?<!\bI)|\d")
_LEAST_TERMS = (
    3  # in which a question must be within another, to be taken for less said of the same
)


def check_wording(conversations: Iterable[Conversation]) -> Iterator[Finding]:
    """Find questions that give their answer away, stand there twice or cannot be told apart.

    Of a conversation only the first question is held against others: the rest lean on it.
    """
    listed = list(conversations)
    for conversation in listed:
        if not can_be_understood(conversation.turns[0].text):
            yield _unclear(conversation.turns[0])
        for turn in conversation.turns:
            if answer := answer_given_away(turn):
                yield Finding(
                    turn.id,
                    Problem.ANSWER_IN_QUESTION,
                    f'the answer "{answer}" stands in the question: ask for what it does not say',
                )
    yield from _asked_twice(listed)
    yield from _told_apart([conversation.turns[0] for conversation in listed])


def _unclear(question: GoldQuestion) -> Finding:
    return Finding(
        question.id,
        Problem.UNCLEAR_QUESTION,
        f'"{question.text}" does not say what it is about: write the name in place of the pronoun',
    )


def _asked_twice(conversations: Iterable[Conversation]) -> Iterator[Finding]:
    first: dict[tuple[str, ...], Conversation] = {}
    for conversation in conversations:
        key = tuple(normalise(turn.text) for turn in conversation.turns)
        before = first.setdefault(key, conversation)
        if before is not conversation and not _differ(before.turns[0], conversation.turns[0]):
            yield Finding(
                conversation.turns[0].id,
                Problem.REPEATED_QUESTION,
                f'asks what "{before.turns[0].id}" asks: keep one of them',
            )


def _told_apart(questions: Sequence[GoldQuestion]) -> Iterator[Finding]:
    found: dict[tuple[str, Problem], Finding] = {}
    for one, other in confusable(questions):
        if normalise(one.text) == normalise(other.text):
            kind, fault = Problem.CONFLICTING_ANSWERS, "asks in the same words"
            one, other = other, one
        else:
            kind, fault = Problem.AMBIGUOUS_QUESTION, "asks in other words, or saying less,"
        message = (
            f'{fault} what "{other.id}" asks, with another answer: say in the questions what tells '
            "them apart, or mend an answer"
        )
        found.setdefault((one.id, kind), Finding(one.id, kind, message))
    yield from found.values()


def can_be_understood(question: str) -> bool:
    """Tell whether a question says what it is about: not "When was it signed?"."""
    words = _WORD.findall(question)
    if all(map(is_stop_word, words)):
        return False
    pronouns = () if is_expletive(question) else _PRONOUN.finditer(question)
    if not all(map(_stands_for_something, pronouns)):
        return False
    return not _DEMONSTRATIVE.search(question) or bool(_NAME.search(question))


def _stands_for_something(pronoun: re.Match[str]) -> bool:
    """Tell whether a name or a noun stands before a pronoun, other than what is asked for."""
    before = pronoun.string[: pronoun.start()]
    if _NAME.search(before) or pronoun[0].isupper():  # "IT" and "HERS" are acronyms
        return True
    if pronoun["own"] and _WHO_DOES.match(before):
        return True
    asked_for = None if pronoun["own"] else _ASKED_FOR.match(before)
    words = _WORD.findall(before[asked_for.end() :] if asked_for else before)
    nouns = [word for word in words if "NOUN" in parts_of_speech(word) and not is_stop_word(word)]
    return any(not (pronoun["one"] and is_plural(noun)) for noun in nouns)


def answer_given_away(question: GoldQuestion) -> str | None:
    """Return an answer that stands in its question, or None."""
    asked = letters(question.text)
    answers = (answer for answer in question.answers or () if holds_any(asked, [letters(answer)]))
    return next(answers, None)


def confusable(questions: Sequence[GoldQuestion]) -> Iterator[tuple[GoldQuestion, GoldQuestion]]:
    """Yield pairs that ask for the same with other answers, the one that says less first.

    They have the same question word, and the search terms of one are among the other's.
    """
    gists = [
        (_question_word(question.text), frozenset(query_terms(question.text)))
        for question in questions
    ]
    holding: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, (asks, terms) in enumerate(gists):
        for term in terms:
            holding[asks, term].append(at)
    for at, (asks, terms) in enumerate(gists):
        rarest = min((holding[asks, term] for term in terms), key=len, default=[])
        for other in rarest:
            others = gists[other][1]
            same = terms == others and at < other
            less = terms < others and len(terms) >= _LEAST_TERMS
            one, another = questions[at], questions[other]
            if (same or (less and one.answers and another.answers)) and _differ(one, another):
                yield one, another


def _question_word(question: str) -> str:
    found = _ASKS.search(question)
    return found[0].casefold() if found else ""


def _differ(one: GoldQuestion, other: GoldQuestion) -> bool:
    """Tell whether no answer to one question is right for the other."""
    if not (one.answers and other.answers):
        return one.answers != other.answers
    return not any(
        is_right(answer, other.answers) or is_right(rival, one.answers)
        for answer in one.answers
        for rival in other.answers
    )
