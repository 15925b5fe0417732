"""Sentences of which no question is made: it would be broken, or could not stand alone."""

from __future__ import annotations

import pytest

from tests.assistant.drafting.making import questions

POINTS_BACK = [
    "He opened the Harwick pier in 1861.",
    "The pier was opened on 12 June 1861.",
    "The Council was founded in Oslo on 2 May 1951.",  # a short form, said in full before
    "The Secretary General visited Oslo in 1951.",  # of which body is not said
    "The council's pier was opened in 1861.",
    "That year the Harwick pier was opened in Leith.",
    "On 12 June the Harwick pier was opened.",
    "The Harwick pier was opened again in 1861.",
    "The other Harwick pier was opened in 1861.",
    "A pier was opened in 1861.",
    "In 1861 I opened the Harwick pier.",
    "Orkney signed the agreement in Oslo in 1951.",
    "Two reasons moved Orkney to sell.",
    "Holm arrived in January 1902.",
]
NOT_PLAIN = [
    "The ships built in Leith sank in 1902.",  # which of two verbs is the sentence's
    "The agreements signed by Orkney lapsed in 1951.",
    "The law limits forces stationed in Norway in 1951.",  # a verb that looks like a noun
    "Orkney plans ended in 1951 by Norway failed.",
    "In 1951 Orkney invited Norway, Iceland, Denmark and Sweden.",
    "When the war ended in 1945, Orkney sold the ferry Alba.",
    "Orkney followed in June 1904 and Skye in October 1906.",
    "The war was a conflict between Orkney and a league led by Skye.",
    "Orkney knew the ferry Alba in 1902.",  # one does not ask when that was
    "In 1902 Orkney had a lifeboat.",
    "Orkney had sold the ferry Alba in 1902.",  # before something else
    "Orkney joined in 1902.",  # nor what was joined
    "Albania and Croatia were invited in 2008.",
    'Orkney called the ferry "Alba" in 1902.',
    "In 1902 Orkney The ferry Alba sailed.",  # a boundary that was missed
    "Patience Holm opened the Leith bridge in 1931.",  # perhaps a name, perhaps a virtue
]


@pytest.mark.parametrize("sentence", POINTS_BACK)
def test_what_cannot_be_understood_alone_is_not_asked(sentence: str) -> None:
    assert questions(sentence) == {}


@pytest.mark.parametrize("sentence", NOT_PLAIN)
def test_what_is_not_surely_understood_is_not_asked(sentence: str) -> None:
    assert questions(sentence) == {}


def test_a_sentence_of_another_language_gives_no_question() -> None:
    assert questions("Am 12. Juni 1861 wurde in Leith die neue Mole eröffnet.") == {}


@pytest.mark.parametrize("word", ["in Leith ", "Leith ", "and Leith ", "the Leith ", "was "])
def test_an_endless_sentence_is_passed_over(word: str) -> None:
    assert questions(f"The Harwick pier {word * 20_000}opened in 1861.") == {}
