from __future__ import annotations

import pytest

from assistant.drafting.dates import find_dates, is_same_date


@pytest.mark.parametrize(
    "date",
    [
        "12 June 1861",
        "12th of June 1861",
        "June 12, 1861",
        "June 1861",
        "spring of 1861",
        "early 1861",
        "12 and 13 June 1861",
        "1861",
        "1861-06-12",
        "1861-06",
    ],
)
def test_a_date_with_its_year_is_complete(date: str) -> None:
    text = f"It was {date}, they say."
    assert list(find_dates(text, 0, len(text))) == [(7, 7 + len(date), True)]


@pytest.mark.parametrize("date", ["12 June", "June 12", "June", "Thursday"])
def test_a_date_without_its_year_is_not(date: str) -> None:
    text = f"It was on {date}."
    assert list(find_dates(text, 0, len(text))) == [(10, 10 + len(date), False)]


@pytest.mark.parametrize("text", ["Resolution 1386", "18,610 men", "3.1861", "B-1861", "1861st"])
def test_a_number_is_no_date(text: str) -> None:
    assert list(find_dates(text, 0, len(text))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1861-06-12", "12 June 1861"),
        ("on June 12th, 1861", "12 Jun. 1861"),
        ("1861-06", "June 1861"),
    ],
)
def test_a_date_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert is_same_date(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1861-06-12", "June 1861"),
        ("12 June 1861", "12 July 1861"),
        ("12 June 1861", "13 June 1861"),
        ("12 June 1861", "12 June 1862"),
        ("1861", "1861"),  # no month is told
        ("12 and 13 June 1861", "12 and 13 June 1861"),
        ("12 June 1861", "12 June 1861, in Leith"),
        ("Leith", "Leith"),
    ],
)
def test_another_date_or_none_is_not_the_same(one: str, other: str) -> None:
    assert not is_same_date(one, other)
