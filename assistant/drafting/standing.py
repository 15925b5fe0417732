"""Whether a question stands alone: whether it says what it is about."""

from __future__ import annotations

import re

from assistant.drafting import lexicon
from assistant.drafting.people import ROLES
from assistant.drafting.tokens import Tag, Token, Tokens, shape

_POINTS_BACK = frozenset(
    """
    this these those such another other others same both former latter either neither no any
    each respective respectively following previous next last above below here there then later
    earlier again instead ago recently now today currently meanwhile thus therefore so still yet
    already also even only just too there i we our us my you your alike otherwise moreover
    """.split()
)
_POSSESSIVES = frozenset("its their his her".split())
_KNOWN_TO_ALL = frozenset("world public sun moon earth sea internet sky media".split())
_INDEFINITE = frozenset("a an some many several few most much".split())
_LONGEST = 20  # words
_LEAST_CONTENT = 3  # words that are no names, where a rule is stated that names nobody
_CONTENT = frozenset((Tag.NAME, Tag.NOUN, Tag.ADJECTIVE, Tag.NUMBER))


def stands_alone(subject: Tokens, others: Tokens, *, is_past: bool) -> bool:
    """Tell whether a question of these words can be understood by itself.

    Args:
        subject: The words of the subject; none where it is what is asked for.
        others: The rest of what the question says.
        is_past: What is asked happened once, so that it needs a name; a rule does without.
    """
    words = (*subject, *others)
    if len(words) > _LONGEST or any(map(_points_back, words)):
        return False
    if any(token.text.lower() in _POSSESSIVES for token in subject):
        return False
    if not subject and any(token.text.lower() in _POSSESSIVES for token in others):
        return False
    if not (_all_known(subject, is_object=False) and _all_known(others, is_object=True)):
        return False
    if is_past and subject and subject[0].tag != Tag.NUMBER:
        return _is_definite(subject)
    if is_past:
        return _has_name(others)
    return _has_name(words) or sum(token.tag in _CONTENT for token in words) >= _LEAST_CONTENT


def _points_back(token: Token) -> bool:
    if token.tag in (Tag.PRONOUN, Tag.PARTIAL_DATE, Tag.UNKNOWN):
        return True
    return token.tag != Tag.NAME and token.text.lower() in _POINTS_BACK


def _all_known(words: Tokens, *, is_object: bool) -> bool:
    """Tell whether all that "the" stands before is named, or told by what follows it."""
    return all(
        _is_known(words, at, is_object=is_object)
        for at, token in enumerate(words)
        if token.text.lower() == "the"
    )


def _is_known(words: Tokens, at: int, *, is_object: bool) -> bool:
    core = re.match(r"[an#NTgVq]*", shape(words[at + 1 :]))
    end = at + 1 + (core.end() if core else 0)
    phrase, after = words[at + 1 : end], words[end : end + 2]
    owner = next((place for place, token in enumerate(phrase) if _is_possessive(token)), None)
    if owner is not None:
        return _names_one(phrase[: owner + 1])
    if _names_one(phrase) or any(token.text.lower() in _KNOWN_TO_ALL for token in phrase[-1:]):
        return True
    if not after or not phrase:
        return False
    if after[0].text == "of":
        return True  # what follows is looked at by itself
    if phrase[-1].tag == Tag.NAME and after[0].text in ("for", "on") and after[-1].tag == Tag.NAME:
        return True  # the Partnership for Peace
    # What stands after a verb's object may belong to the verb: "signed the agreement in Rome".
    belongs = words[at - 1].tag == Tag.PREPOSITION if at else not is_object
    return belongs and after[0].tag == Tag.PREPOSITION and after[-1].tag == Tag.NAME


def _is_possessive(token: Token) -> bool:
    return token.text.endswith(("'s", "\u2019s", "s'", "s\u2019"))


def _names_one(phrase: Tokens) -> bool:
    """Tell whether a phrase has a name in it that is more than a role or a short form."""
    named = [token for token in phrase if token.tag == Tag.NAME]
    if any(not lexicon.parts_of_speech(_bare(token.text)) for token in named):
        return True
    is_role = any(token.text.lower() in ROLES for token in named)
    return len(named) > 1 and not is_role


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("\u2019s")


def _is_definite(subject: Tokens) -> bool:
    """Tell whether a subject is somebody or something in particular."""
    bare = re.match("a*n+", shape(subject))  # "Members of the council" are some of them
    is_indefinite = subject[0].text.lower() in _INDEFINITE
    is_several = bare is not None and lexicon.is_plural(subject[bare.end() - 1].text)
    return _has_name(subject) and not (is_indefinite or is_several)


def _has_name(words: Tokens) -> bool:
    return any(token.tag in (Tag.NAME, Tag.DATE) for token in words)
