from __future__ import annotations

import pytest

from assistant.drafting import lexicon


@pytest.mark.parametrize(
    ("past", "base"),
    [
        ("left", "leave"),
        ("became", "become"),
        ("put", "put"),
        ("saw", "see"),
        ("developed", "develop"),
    ],
)
def test_the_base_of_a_past_tense(past: str, base: str) -> None:
    assert lexicon.base_of_past(past) == base


def test_what_is_no_past_tense_has_no_base() -> None:
    assert lexicon.base_of_past("driven") is None
    assert lexicon.base_of_past("treaty") is None
    assert lexicon.base_of_past("zerkalated") is None


def test_a_participle_gives_the_past_tense_of_its_verb() -> None:
    assert lexicon.past_of_participle("driven") == "drove"
    assert lexicon.past_of_participle("travelled") == "travelled"
    assert lexicon.past_of_participle("treaty") is None


def test_a_present_gives_the_past_tense_of_its_verb() -> None:
    assert lexicon.past_of_present("meets") == "met"
    assert lexicon.past_of_present("sell") == "sold"
    assert lexicon.past_of_present("treaty") is None


def test_parts_of_speech_and_plurals() -> None:
    assert lexicon.parts_of_speech("Council") == {"ADJ", "NOUN"}
    assert lexicon.parts_of_speech("Kremlin") == set()
    assert [lexicon.is_plural(word) for word in ("treaties", "men", "treaty")] == [
        True,
        True,
        False,
    ]
