"""Questions for names: what letters stand for, and who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.drafting.inversion import finish, spell
from assistant.drafting.people import described, says_of_what
from assistant.drafting.records import Asked, Kind
from assistant.drafting.tokens import Tag, Tokens, shape, span_of
from index.records import Range

_LETTERS = r"[A-Z][A-Za-z]*[A-Z]"
_EXPLAINED = re.compile(rf"\((?P<letters>{_LETTERS})\)")
_ENTRY = re.compile(rf"(?P<letters>{_LETTERS}): (?P<name>[^\W_][^,.;:()]*)[,.]")
_FEW_LETTERS = 2  # any two words may begin with them
_WORD = re.compile(r"[^\W_]+")
_PASSED_OVER = frozenset("and for in of on the to a an".split())
_PAST = frozenset((Tag.PAST, Tag.PAST_OR_PARTICIPLE, Tag.PARTICIPLE))


def ask_for_letters(text: str, sentence: Range) -> Iterator[Asked]:
    """Ask what letters stand for.

    The name stands before the letters in brackets, or after them and a colon.
    """
    for match in _EXPLAINED.finditer(text, *sentence):
        if name := _name_before(text, (sentence[0], match.start()), match["letters"]):
            yield Asked(Kind.LETTERS, f"What does {match['letters']} stand for?", name)
    entry = _ENTRY.match(text, *sentence)
    if entry and _initials(_WORD.findall(entry["name"])) == entry["letters"].lower():
        yield Asked(Kind.LETTERS, f"What does {entry['letters']} stand for?", entry.span("name"))


def ask_who_is(tokens: Tokens) -> Iterator[Asked]:
    """Ask who somebody is whose office is told beside the name."""
    auxiliary = "was" if any(token.tag in _PAST for token in tokens) else "is"
    for name, office in described(tokens):
        if not re.search(r"[mu]", shape(office)) and says_of_what(office):
            yield Asked(Kind.WHO, finish([f"Who {auxiliary}", spell(name)]), span_of(office))


def _name_before(text: str, stretch: Range, letters: str) -> Range | None:
    """Return the shortest stretch of words at the end whose initials are the letters."""
    words = list(_WORD.finditer(text, *stretch))
    for at in reversed(range(max(0, len(words) - 2 * len(letters)), len(words))):
        begun = words[at:]
        is_name = begun[0][0][0] == letters[0] or len(letters) > _FEW_LETTERS
        if is_name and _initials([word[0] for word in begun]) == letters.lower():
            return begun[0].start(), begun[-1].end()
    return None


def _initials(words: list[str]) -> str:
    return "".join(word[0].lower() for word in words if word not in _PASSED_OVER)
