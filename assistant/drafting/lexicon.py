"""What a dictionary says of English words: their parts of speech, and the forms of verbs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

_CACHED = 2**15  # words


@lru_cache(maxsize=_CACHED)
def parts_of_speech(word: str) -> frozenset[str]:
    """Return what a word can be, of NOUN, VERB, ADJ, ADV and AUX; nothing for an unknown one."""
    return frozenset(_lemmas(word.casefold()))


def is_plural(word: str) -> bool:
    """Tell whether a word is the plural of a noun."""
    word = word.casefold()
    return any(lemma != word for lemma in _lemmas(word).get("NOUN", ()))


def base_of_past(word: str) -> str | None:
    """Return the verb that a word is the past tense of: "left" is of "leave"."""
    return _base(word, "VBD")


def base_of_third_person(word: str) -> str | None:
    """Return the verb that a word is the third person of: "meets" is of "meet"."""
    return _base(word, "VBZ")


def is_base(word: str) -> bool:
    """Tell whether a word is a verb's base form."""
    return word in _lemmas(word).get("VERB", ())


def base_of_participle(word: str) -> str | None:
    """Return the verb that a word is the past participle of: "driven" is of "drive"."""
    return _base(word, "VBN")


def is_participle(word: str) -> bool:
    """Tell whether a word can be a past participle, as "signed" and "driven" can."""
    return base_of_participle(word) is not None


def past_of_present(word: str) -> str | None:
    """Return the past tense of a verb's third person or base form: "meets" gives "met"."""
    base = base_of_third_person(word) or (word if is_base(word) else None)
    past = _forms(base).get("VBD", ()) if base else ()
    return past[0] if len(past) == 1 else None


def past_of_participle(word: str) -> str | None:
    """Return the past tense of the verb that a participle is of: "driven" gives "drove"."""
    word = word.casefold()
    if base_of_past(word):
        return word
    base = _base(word, "VBN")
    past = _forms(base).get("VBD", ()) if base else ()
    return past[0] if len(past) == 1 else None


def _base(word: str, form: str) -> str | None:
    word = word.casefold()
    verbs = [verb for verb in _lemmas(word).get("VERB", ()) if word in _forms(verb).get(form, ())]
    return verbs[0] if verbs else None  # the first is the usual one


@lru_cache(maxsize=_CACHED)
def _lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas  # loads its dictionary

    found: dict[str, tuple[str, ...]] = getAllLemmas(word)
    return found


@lru_cache(maxsize=_CACHED)
def _forms(verb: str) -> Mapping[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    forms: dict[str, tuple[str, ...]] = getAllInflections(verb, "VERB")
    return {"VBN": forms.get("VBD", ()), **forms}
