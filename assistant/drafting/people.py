"""Whose names stand in a document: by the offices that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.drafting.tokens import Tag, Tokens, shape

ROLES = frozenset(
    """
    actor actress admiral adviser ambassador architect archbishop artist astronomer author bishop
    biologist captain cardinal chair chairman chairwoman chancellor chemist chief colonel commander
    commissioner composer conductor coordinator deputy designer diplomat director doctor dr
    economist editor emperor empress engineer envoy explorer founder general governor head
    historian inventor journalist judge king lawyer leader lecturer lieutenant lord major manager
    mathematician mayor minister mr mrs ms novelist officer owner painter philosopher photographer
    physician physicist pilot poet politician pope president premier priest prince princess
    principal prof professor queen researcher representative scholar scientist sculptor secretary
    senator sergeant singer sir spokesman spokesperson spokeswoman surgeon teacher treasurer
    vice-president writer
    """.split()
)
_PLURALS = frozenset(f"{role}s" for role in ROLES)
_BODIES = frozenset(
    """
    academy agency army association authority band bank board bureau church club college commission
    committee company corporation council court department federation foundation fund government
    group house institute league ministry museum office organisation organization parliament party
    press school society team trust union university
    """.split()
)  # what may have an office too, and is no person
_NAME = r"N+"
_TAKES_OFFICE = ("became", "served", "elected", "appointed", "named", "chosen", "made")
_LEAST_WORDS = 2  # of a name that is told to be a person's
Name = tuple[str, ...]


class People:
    """The people of a document.

    Args:
        sentences: Of its running text.
    """

    def __init__(self, sentences: Iterable[Tokens]) -> None:
        self._names: set[Name] = set()
        for tokens in sentences:
            self._names.update(_words(name) for name, _ in described(tokens))
            self._names.update(map(_words, _with_office(tokens)))
            self._names.update(map(_words, _in_office(tokens)))
        self._surnames = {(name[-1],) for name in self._names if len(name) >= _LEAST_WORDS}

    def is_person(self, tokens: Tokens) -> bool:
        """Tell whether words are a person's name, with or without an office before it."""
        name = _words(without_office(tokens))
        return name in self._names or name in self._surnames


def described(tokens: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    """Yield names with what is said of them: "Ada Lund, the mayor," is a person."""
    for match in re.finditer(rf",?({_NAME}),(D[^,bhdxPZ.]+)[,.]", shape(tokens)):
        name, office = (tokens[slice(*match.span(part))] for part in (1, 2))
        is_body = name[-1].text.lower() in _BODIES
        if len(name) >= _LEAST_WORDS and _has_role(office) and not is_body:
            yield name, office


def says_of_what(office: Tokens) -> bool:
    """Tell whether an office is told with its place or body, and is not one of before."""
    if any(token.text == "former" for token in office):
        return False
    return any(token.tag == Tag.NAME and not _is_role(token.text) for token in office)


def without_office(tokens: Tokens) -> Tokens:
    """Return a name without the office before it: "President Ada Lund" is "Ada Lund"."""
    last = max((at for at, token in enumerate(tokens) if _is_role(token.text)), default=-1)
    name = tokens[last + 1 :]
    return name if re.fullmatch(_NAME, shape(name)) else ()


def _with_office(tokens: Tokens) -> Iterator[Tokens]:
    for match in re.finditer(_NAME, shape(tokens)):
        start, end = match.span()
        before = tokens[start - 1].text if start else ""
        name = without_office(tokens[start:end])
        if name and (_is_role(before) or len(name) < end - start):
            yield name


def _in_office(tokens: Tokens) -> Iterator[Tokens]:
    """Yield who is said to be in office: "Ada Lund was elected mayor of Harwick"."""
    told = re.match(r"(N+)(?:,[^,]*,)?r*(b?[PVq]?)p?D?[an#]*(n)(?![anN])", shape(tokens))
    if told and _is_role(tokens[told.start(3)].text):
        name, verbs = (tokens[slice(*told.span(part))] for part in (1, 2))
        if verbs and (verbs[-1].tag == Tag.BE or verbs[-1].text in _TAKES_OFFICE):
            yield name


def _has_role(office: Tokens) -> bool:
    """Tell whether the first noun phrase of what is said is an office."""
    phrase = re.match(r"D[anN#]*", shape(office))
    return phrase is not None and phrase.end() > 1 and _is_role(office[phrase.end() - 1].text)


def _is_role(word: str) -> bool:
    return word.casefold().rstrip(".") in ROLES or word.casefold() in _PLURALS


def _words(tokens: Tokens) -> Name:
    return tuple(token.text.removesuffix("'s").removesuffix("\u2019s") for token in tokens)
