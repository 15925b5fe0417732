from __future__ import annotations

import pytest

from index.formats.front_matter import iso_date, looks_like_title


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2002-05-28T10:00:00Z", "2002-05-28"),
        ("20020528", "2002-05-28"),
        ("1999-04", "1999-04"),
        ("1999", "1999"),
        ("27 May 1997", "1997-05-27"),
        ("May 27, 1997", "1997-05-27"),
        ("27.05.1997", "1997-05-27"),
        ("1997-13-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_become_iso_dates_as_exact_as_they_are_written(
    written: str, date: str | None
) -> None:
    assert iso_date(written) == date


def test_titles_have_letters_and_no_full_stop() -> None:
    assert looks_like_title("NATO enlargement, 1990 to 2009")
    assert not looks_like_title("It was signed in Paris.")
    assert not looks_like_title("* * *")
    assert not looks_like_title("word " * 21)
