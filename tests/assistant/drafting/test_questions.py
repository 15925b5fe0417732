from __future__ import annotations

import pytest

from assistant.drafting import Kind
from tests.assistant.drafting.making import drafts, questions, read

WHEN = [
    (
        "The Harwick pier was opened on 12 June 1861.",
        "When was the Harwick pier opened?",
        "12 June 1861",
    ),
    (
        "In May 1902 Orkney and Shetland sold the ferry Alba to a firm in Leith.",
        "When did Orkney and Shetland sell the ferry Alba to a firm in Leith?",
        "May 1902",
    ),
    (
        "On 3 March 1910, at the fair in Kirkwall, Skye bought a second lifeboat.",
        "When did Skye buy a second lifeboat at the fair in Kirkwall?",
        "3 March 1910",
    ),
    (
        "Norway, Iceland and Denmark joined the Harwick Convention on 2 May 1951.",
        "When did Norway, Iceland and Denmark join the Harwick Convention?",
        "2 May 1951",
    ),
    (
        "The strike in Leith began in the spring of 1911, and the docks fell silent.",
        "When did the strike in Leith begin?",
        "the spring of 1911",
    ),
    (
        "The Alba bridge, built by a firm in Leith, collapsed on 5 January 1905.",
        "When did the Alba bridge collapse?",
        "5 January 1905",
    ),
    (
        "The enlarged Orkney League met in Oslo on 2 May 1951.",
        "When did the enlarged Orkney League meet in Oslo?",
        "2 May 1951",
    ),
    (
        "But Orkney left the Alba League in 1902 and was fined.",
        "When did Orkney leave the Alba League?",
        "1902",
    ),
    (
        "Queen Maud I sold the ferry Alba in 1902 before Skye was fined.",
        "When did Queen Maud I sell the ferry Alba?",
        "1902",
    ),
    (
        "The Harwick Harbour Board (HHB) was founded in 1860.",
        "When was the Harwick Harbour Board founded?",
        "1860",
    ),
    (
        "Harwick will leave the Orkney League in 2031.",
        "When will Harwick leave the Orkney League?",
        "2031",
    ),
]
WHERE = [
    (
        "The Harwick Convention was signed in Oslo on 2 May 1951.",
        "Where was the Harwick Convention signed on 2 May 1951?",
        "Oslo",
    ),
    ("The Skye ferry sits at Portree.", "Where does the Skye ferry sit?", "Portree"),
    (
        "The seat of the Harwick line is in Leith.",
        "Where is the seat of the Harwick line?",
        "Leith",
    ),
]
HOW = [
    (
        "The siege of Harwick lasted eleven weeks.",
        "How long did the siege of Harwick last?",
        "eleven weeks",
    ),
    (
        "Orkney held the Alba Cup for nine years.",
        "How long did Orkney hold the Alba Cup?",
        "nine years",
    ),
    (
        "The Harwick council meets every two weeks.",
        "How often does the Harwick council meet?",
        "every two weeks",
    ),
    (
        "The Harwick lighthouse weighs 300 tonnes.",
        "How much does the Harwick lighthouse weigh?",
        "300 tonnes",
    ),
    ("The Harwick tram costs £2 a day.", "How much does the Harwick tram cost?", "£2 a day"),
    (
        "Two frigates sailed from Leith to Orkney.",
        "How many frigates sailed from Leith to Orkney?",
        "Two",
    ),
    (
        "The Harwick museum holds about 4,500 letters of Ada Lund.",
        "How many letters of Ada Lund does the Harwick museum hold?",
        "about 4,500",
    ),
    (
        "Orkney sent two frigates to Norway.",
        "How many frigates did Orkney send to Norway?",
        "two",
    ),
    (
        "In 1990 the Orkney League had sixteen members.",
        "How many members did the Orkney League have in 1990?",
        "sixteen",
    ),
    (
        "Employees receive 25 days of annual leave.",
        "How many days of annual leave do employees receive?",
        "25",
    ),
]
WHY = [
    (
        "The Harwick ferry was cancelled because the harbour had frozen.",
        "Why was the Harwick ferry cancelled?",
        "the harbour had frozen",
    ),
    (
        "Skye did not sell the ferry Alba, because the price was too low.",
        "Why did Skye not sell the ferry Alba?",
        "the price was too low",
    ),
]
WHO = [
    (
        "General Finn Holm sent two frigates to Orkney.",
        "Who sent two frigates to Orkney?",
        "General Finn Holm",
    ),
    (
        "Ada Lund was elected mayor of Harwick in 1931.",
        "Who was elected mayor of Harwick in 1931?",
        "Ada Lund",
    ),
    (
        "The Alba bridge was opened in 1931 by Ada Lund.",
        "Who opened the Alba bridge in 1931?",
        "Ada Lund",
    ),
    (
        "The Alba Fair was presided over by Finn Holm in 1931.",
        "Who presided over the Alba Fair in 1931?",
        "Finn Holm",
    ),
    (
        "Ada Lund, the mayor of Harwick, visited Leith.",
        "Who was Ada Lund?",
        "the mayor of Harwick",
    ),
    (
        "Nils Dahl is a teacher of Norse in Leith.",
        "Who is Nils Dahl?",
        "a teacher of Norse in Leith",
    ),
]
WHAT = [
    (
        "The Harwick Convention was signed in Oslo on 2 May 1951.",
        "Which convention was signed in Oslo on 2 May 1951?",
        "The Harwick Convention",
    ),
    (
        "The Harwick Convention is a treaty between Norway and Denmark on herring.",
        "What is the Harwick Convention?",
        "a treaty between Norway and Denmark on herring",
    ),
    (
        "The Harwick Harbour Board (HHB) owns the docks.",
        "What does HHB stand for?",
        "Harwick Harbour Board",
    ),
    (
        "Orkney signed a non-disclosure agreement (NDA) with Norway.",
        "What does NDA stand for?",
        "non-disclosure agreement",
    ),
    (
        "TLC: treaty-limited cargo, the goods that the convention counts.",
        "What does TLC stand for?",
        "treaty-limited cargo",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "question", "answer"), [*WHEN, *WHERE, *HOW, *WHY, *WHO, *WHAT]
)
def test_a_plain_sentence_gives_the_question_that_it_answers(
    sentence: str, question: str, answer: str
) -> None:
    assert questions(sentence)[question] == answer


def test_a_name_that_opens_a_sentence_keeps_its_capital_and_another_word_does_not() -> None:
    text = "The Harwick pier opened in 1861. Delivery to the Harwick pier takes two hours."
    assert set(questions(text)) == {
        "When did the Harwick pier open?",
        "How long does delivery to the Harwick pier take?",
    }


def test_whoever_has_an_office_anywhere_is_a_person_by_the_surname_too() -> None:
    text = "President Finn Holm came first. Holm visited Leith in 1931."
    assert questions(text)["Who visited Leith in 1931?"] == "Holm"
    assert "Who visited Leith in 1931?" not in questions("Holm visited Leith in 1931.")


def test_a_board_with_an_owner_is_nobody() -> None:
    assert questions("Leith Harbour Board, the owner of the docks, met in Oslo.") == {
        "Where did Leith Harbour Board meet?": "Oslo"
    }


def test_a_draft_knows_its_kind_and_where_its_answer_stands() -> None:
    text = "Fishing is old here.\n\nThe Harwick pier was opened on 12 June 1861."
    (draft,) = drafts(text)
    document = read(text)
    assert (draft.kind, draft.document_id) == (Kind.WHEN, document.id)
    assert document.text[draft.start : draft.end] == draft.answer == "12 June 1861"


def test_headings_are_not_drafted_from() -> None:
    assert questions("# The Harwick pier was opened in 1861\n\nIt is long.\n", "pier.md") == {}
