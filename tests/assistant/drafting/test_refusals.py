"""Sentences of which no question is made: it would be broken, or could not stand alone."""

from __future__ import annotations

import pytest

from tests.assistant.drafting.making import questions

POINTS_BACK = [
    "He opened the Harwick pier in 1861.",
    "The pier was opened on 12 June 1861.",
    "The Council was founded in Oslo on 2 May 1951.",  # a short form, said in full before
    "The Secretary General visited Oslo in 1951.",  # of which body is not said
    "The council's Orkney pier was opened in 1861.",
    "Its Orkney pier was opened in 1861.",
    "That year the Harwick pier was opened in Leith.",
    "On 12 June the Harwick pier was opened.",
    "The Harwick pier was opened again in 1861.",
    "An Orkney pier was opened in 1861.",
    "In 1861 I opened the Harwick pier.",
    "Orkney signed the agreement in Oslo in 1951.",
    "Orkney moved the Alba League for two reasons.",
    "Two reasons moved Orkney to sell.",
    "General Finn Holm arrived in January 1902.",
    "Members meet every two weeks.",  # of what is not said
    "The Alba bridge was shut because of the war.",
    "Members of the Alba League met in Oslo in 1951.",  # some of them
    "The Alba League met in special session in 1951.",  # as it often did
    "On 2 May 1951 Orkney gave notice that Skye would leave.",  # what it would leave
]
NOT_PLAIN = [
    "The Orkney ships built in Leith sank in 1902.",  # which of two verbs is the sentence's
    "The Orkney treaties signed in Oslo lapsed in 1951.",
    "The Orkney law limits forces stationed in Norway in 1951.",  # a verb that looks like a noun
    "Orkney remains divided over the Alba Treaty of 1951 in 1961.",
    "In 1902 Orkney joined the Alba League and Skye founded a bank.",
    "In 1951 Orkney invited Norway, Iceland, Denmark and Sweden.",
    "When the war ended in 1945, Orkney sold the ferry Alba.",
    "Orkney left the Alba League in June 1904 and the Norse League in October 1906.",
    "In 1902 Orkney sold the ferry Alba in June 1903.",
    "The Orkney war had cost nine Leith frigates.",  # before something else happened
    "Orkney knew the ferry Alba in 1902.",  # one does not ask when that was
    "In 1902 Orkney had a lifeboat.",
    "Orkney can leave the Alba League in 2031.",
    "Orkney will not leave the Alba League in 2031.",
    "Orkney joined in 1902.",  # nor what was joined
    "Albania and Croatia were invited in 2008.",
    "Orkney left the Alba League after nine years.",  # that is not how long
    "The roots of the Alba League are in Calvinism.",
    "The Alba League is the union of Orkney and Skye.",
    'Orkney called the ferry "Alba" in 1902.',
    "The Orkney Users We were banned in 1902.",  # a boundary that was missed
    "Patience Holm opened the Leith bridge in 1931.",  # perhaps a name, perhaps a virtue
    "Two zerkals came. Zerkals of Leith were banned in Norway on 2 May 1951.",
    "The Harwick Fair is held in Leith since 1902.",
    "TLC: tender, loving care.",
    "She sold hats (SH).",
]


@pytest.mark.parametrize("sentence", POINTS_BACK)
def test_what_cannot_be_understood_alone_is_not_asked(sentence: str) -> None:
    assert questions(sentence) == {}


@pytest.mark.parametrize("sentence", NOT_PLAIN)
def test_what_is_not_surely_understood_is_not_asked(sentence: str) -> None:
    assert questions(sentence) == {}


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The Leith code was published in English in 1902.", "Where"),
        ("The Alba bridge was opened in 1931 for Ada Lund.", "Who"),
        ("Finn Holm was a painter of Leith.", "Who was a painter"),
        ("General Finn Holm sold his Leith bridge in 1902.", "Who"),
        ("In 1902 General Finn Holm said that Orkney would leave the Alba League.", "Who said"),
        ("Ada Lund, the mayor since June, opened the Alba bridge in 1931.", "Who was"),
        ("Leith Harbour, the gate to Norway, was closed in 1902.", "Who was"),
        ("Ada Lund, the foreign minister, opened the Alba bridge in 1931.", "Who was"),
        ("Ada Lund, the Secretary General, opened the Alba bridge in 1931.", "Who was"),
        ("Ada Lund, a former mayor of Harwick, opened the Alba bridge in 1931.", "Who was"),
        ("Mayor Finn Holm sold Alba in 1902. Finn Holm was a painter of ships.", "Who was"),
        ("Mayor Finn Holm sold Alba in 1902. Holm was a painter in Leith.", "Who was"),
        ("The Alba bridge was opened in 1931 by the Leith engineers.", "Who opened"),
        ("The United States left the Alba League in 1951.", "Which states"),
        ("The Alba bridge and Skye were sold to Norway in 1951.", "Which"),
    ],
)
def test_some_questions_of_a_sentence_are_not_asked(sentence: str, question: str) -> None:
    assert questions(sentence)
    assert not [asked for asked in questions(sentence) if asked.startswith(question)]


def test_a_question_of_more_than_twenty_words_is_not_asked() -> None:
    sentence = "Orkney sold the ferry Alba to {} on 12 June 1861."
    firm = "a firm of Leith with a hall of glass with a roof of"
    assert len(questions(sentence.format(f"{firm} iron"))) == 1
    assert questions(sentence.format(f"{firm} iron of Norway")) == {}


def test_a_sentence_of_another_language_gives_no_question() -> None:
    assert questions("Am 12. Juni 1861 wurde in Leith die neue Mole er\u00f6ffnet.") == {}


def test_an_endless_sentence_is_passed_over() -> None:
    sentence = "The Harwick pier ({}) was opened in 1861."
    assert len(questions(sentence.format("of iron"))) == 1
    assert questions(sentence.format("of iron, " * 50)) == {}
