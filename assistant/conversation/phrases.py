"""The noun phrases of a question, found by the classes of its words, and what they can name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from assistant.conversation.mentions import MONTHS
from index.terms import is_stop_word


class Kind(Enum):
    """What a phrase names, as far as its form tells."""

    PERSON = auto()
    SEVERAL = auto()
    THING = auto()
    PLACE = auto()
    TIME = auto()
    NAME = auto()  # of a person, a place or a body: its form does not tell


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase as one would say it again, and where it stands, half-open."""

    text: str
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or what stands between words, half-open, and its class."""

    text: str
    letter: str
    start: int
    end: int


_WORD = re.compile(r"(?:[^\W\d_]\.)+|[^\W_]+(?:[-/.&'\u2019][^\W_]+)*")
_POSSESSIVE = re.compile("['\u2019]s?$")
# D determiner, O and P preposition, A auxiliary, B be and have, W asks for what follows, S another
# stop word; C capitalised, L in lower case, N number or month; "," comma, "'" end of a possessive,
# "|" other punctuation.
_CLASSES = {
    **dict.fromkeys("the a an its his her their".split(), "D"),
    "of": "O",
    **dict.fromkeys("in at on between".split(), "P"),
    **dict.fromkeys("do does did can could will would should must may might".split(), "A"),
    **dict.fromkeys("have has had be been is are was were".split(), "B"),
    **dict.fromkeys("which what many".split(), "W"),
    **dict.fromkeys("since without within across".split(), "S"),
    "and": "&",
}
_PHRASE = re.compile(
    "(?P<list>D?C+(?:(?:,D?C+)*,?&D?C+|(?:,D?C+){2,}))"
    "|(?P<described>DL*(?:C+L*|(?<=L))"
    "(?:[OP](?:DL*C+L*|L*C+)(?:(?:,D?C+)*,?&D?C+)?|OD?L+)*)"
    "|W(?P<asked>L{1,3}(?:[OP]D?C+|OL+)?)(?=[AB])"
    "|(?<=[AB])(?P<people>C*L+)(?=[LB])"
    "|(?P<name>C+(?:OD?C+)*)"
)
_HEAD = re.compile("D?L*C*L*")
_ENDS_PHRASE = re.compile(  # a participle, an adverb, or a verb that often follows a name
    ".+ed|held|built|made|found|set|sunk|lost|won|begun|given|taken|caught|sent|put|cut|met"
    "|first|enough|takes?"
)
_PLURAL = re.compile("(?!(?:headquarter|serie|new|mean)s).+[^sui]s|people|men|women|children")
_POSSESSIVES = frozenset("its his her their".split())
_PLACED = frozenset("in at into near from".split())
_CODE = re.compile(r"\b[^\W\d_a-z]{2,}\b|\d$")  # "NATO", "AS-28"


def phrases(text: str) -> Iterator[Phrase]:
    """Yield the noun phrases of a question that name something, in order."""
    words = list(_classify(text))
    classes = "".join(word.letter for word in words)
    at = 0
    while match := _PHRASE.search(classes, at):
        form = match.lastgroup or ""
        start, end = match.span(form)
        if form == "people" and not is_plural(words[end - 1].text):
            form, end = "name", classes.index("L", start)
        elif form == "described":
            end = _end_before_verb(words, start, end)
        found = words[start:end]
        if len(found) > (form == "described") and (form != "asked" or is_plural(_head(found))):
            before = words[start - 1].text.casefold() if start else ""
            yield _phrase(text, found, form, is_placed=before in _PLACED)
        at = max(end, start + 1)


def is_plural(noun: str) -> bool:
    """Tell whether a noun looks like one of several things."""
    return _PLURAL.fullmatch(noun) is not None


def _classify(text: str) -> Iterator[_Word]:
    end = 0
    for match in _WORD.finditer(text):
        if between := text[end : match.start()].strip("'\u2019 "):
            yield _Word(between, "," if between == "," else "|", end, match.start())
        yield _Word(match[0], _class_of(match[0], is_first=not end), match.start(), match.end())
        end = match.end()
        if _POSSESSIVE.search(match[0]):
            yield _Word("", "'", end, end)


def _class_of(word: str, *, is_first: bool) -> str:
    if word[0].isdigit() or (word in MONTHS and not is_first):
        return "N"
    is_acronym = len(word) > 1 and word.isupper()
    if not is_acronym and word.casefold() in _CLASSES:
        return _CLASSES[word.casefold()]
    if is_stop_word(word):
        return "S"
    return "C" if word[0].isupper() else "L"


def _end_before_verb(words: Sequence[_Word], start: int, end: int) -> int:
    """Return where a phrase ends: the verb of its clause may stand next to it."""
    for at in range(start + 2, end):
        if words[at].letter == "L" and _ENDS_PHRASE.fullmatch(words[at].text):
            return at
    lacks_verb = end == len(words) or words[end].letter not in "LB'"
    if start and words[start - 1].letter == "A" and lacks_verb:
        for at in reversed(range(start + 1, end)):
            if words[at].letter == "L" and (at + 1 == end or words[at + 1].letter not in "LC"):
                return at
    return end


def _head(found: Sequence[_Word]) -> str:
    """Return the noun that a phrase is about: the last one before a preposition."""
    run = _HEAD.match("".join(word.letter for word in found))
    return found[run.end() - 1].text if run and run.end() else ""


def _phrase(text: str, found: Sequence[_Word], form: str, *, is_placed: bool) -> Phrase:
    start, end = found[0].start, found[-1].end
    shown = _POSSESSIVE.sub("", text[start:end])
    if form == "asked":
        shown = f"the {shown}"
    elif found[0].text.casefold() in _POSSESSIVES:
        shown = "the" + shown[len(found[0].text) :]
    return Phrase(shown, _kind(found, form, is_placed=is_placed), start, end)


def _kind(found: Sequence[_Word], form: str, *, is_placed: bool) -> Kind:
    head = _head(found)
    if form == "list" or (head.islower() and is_plural(head)):
        return Kind.SEVERAL
    is_code = any(_CODE.search(word.text) for word in found)
    if form != "name" or is_code or any(word.letter == "O" for word in found):
        return Kind.THING
    return Kind.PLACE if is_placed else Kind.NAME
