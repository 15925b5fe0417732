from __future__ import annotations

import pytest

from tests.assistant.drafting.making import questions

CHRONOLOGY = """Date,Event,Place
1861-06-12,The Harwick pier is opened,Harwick
1902,Orkney and Shetland sell the ferry Alba,Leith
1910,Skye buys a second lifeboat,Kirkwall
"""


def test_a_row_that_opens_with_a_date_gives_a_question_in_the_past() -> None:
    assert questions(CHRONOLOGY, "chronology.csv") == {
        "When was the Harwick pier opened?": "1861-06-12",
        "When did Orkney and Shetland sell the ferry Alba?": "1902",
        "When did Skye buy a second lifeboat?": "1910",
    }


@pytest.mark.parametrize(
    "event",
    [
        "Council founds a harbour board in Harwick",  # articles are left out
        "Harwick Council is founded",
        "The Harwick pier sold to Norway",  # and auxiliaries
        "It opens the Harwick pier",
        "The pier is opened",
    ],
)
def test_a_headline_gives_none(event: str) -> None:
    assert questions(f"Date,Event\n1861-06-12,{event}\n", "chronology.csv") == {}


def test_a_row_that_opens_with_anything_else_gives_none() -> None:
    table = "Ship,Event\nAlba 1902,Orkney sells the ferry Alba\nJune,Skye buys a lifeboat\n"
    assert questions(table, "ships.csv") == {}
