"""A sentence → its words, each tagged with the part that it plays.

A dictionary tells what a word can be, and its neighbours what it is. Where they leave a doubt, the
tag says so, and no question is made of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.drafting import lexicon
from assistant.drafting.names import Names
from assistant.drafting.people import ROLES
from assistant.drafting.tokens import Tag, Token, Tokens, cut
from index.records import Range

_NOUN_ENDING = re.compile(r"(?:ity|tion|ment|ness|ism|ist|ship|hood|ance|ence)s?$")
_POSSESSIVE = re.compile(r"(?:['\u2019]s|['\u2019])$")
_WORDS: dict[Tag, str] = {
    Tag.DETERMINER: "a an the this that these those its their his her my our your every each some "
    "any no all both few several many most much another such",
    Tag.PRONOUN: "i he she it they we you him them us me himself herself itself themselves one "
    "ones none nobody nothing anybody anything everybody everything somebody something who whom "
    "there others each-other",
    Tag.PREPOSITION: "of in on at by for from with without against between among into onto upon "
    "over under through throughout during after before since until till within toward towards "
    "about above across along around behind below beneath beside besides beyond despite down "
    "except inside near off outside past per up via as than like out",
    Tag.TO: "to",
    Tag.AND: "and or & nor",
    Tag.LINK: "that which who whom whose where when while because although though if unless "
    "whether what how why whereas so but yet once",
    Tag.NOT: "not never",
    Tag.BE: "is are was were",
    Tag.BASE: "be",
    Tag.PARTICIPLE: "been",
    Tag.GERUND: "being",
    Tag.HAVE: "has have had",
    Tag.DO: "does do did",
    Tag.MODAL: "can could may might must shall should will would",
    Tag.NUMBER: "two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion dozen",
    Tag.ADVERB: "also only even just still already again then soon later ever often always",
}
_CLOSED = {word: tag for tag, words in _WORDS.items() for word in words.split()}
_PARTICLES = frozenset("al bin da de del della den der di du ibn la le van von".split())
_MARKS = {",": Tag.COMMA, **dict.fromkeys(".;:!?-\u2013\u2014", Tag.STOP)}
_ATTRIBUTIVE = {Tag.DETERMINER, Tag.ADJECTIVE, Tag.NUMBER, Tag.PREPOSITION}
_OPENS_NOUN_PHRASE = {
    Tag.DETERMINER, Tag.NAME, Tag.NOUN, Tag.ADJECTIVE, Tag.NUMBER, Tag.DATE, Tag.PRONOUN
}  # fmt: skip
_OPENS_SENTENCE = {Tag.DETERMINER, Tag.PRONOUN, Tag.LINK}
_FOLLOWS_VERB = {Tag.DETERMINER, Tag.NAME, Tag.NUMBER, Tag.PREPOSITION, Tag.DATE, Tag.TO}
_VERBS = {Tag.BE, Tag.HAVE, Tag.DO, Tag.MODAL, Tag.PAST, Tag.PAST_OR_PARTICIPLE, Tag.PRESENT,
           Tag.BASE}  # fmt: skip
_SUBJECT_ENDS = {Tag.NAME, Tag.NOUN, Tag.ADVERB}


def tag_sentence(text: str, sentence: Range, names: Names) -> Tokens:
    """Tag the words of a sentence; what stands in brackets is left out."""
    tokens: list[Token] = []
    for (start, end), tag in cut(text, sentence):
        word, before = text[start:end], tokens[-1].tag if tokens else None
        tokens.append(Token(word, start, end, tag or _tag(word, before, names)))
    if len(tokens) > 1 and tokens[1].tag == Tag.NAME and tokens[0].tag in (Tag.NOUN, Tag.ADJECTIVE):
        tokens[0] = _before_name(tokens[0], names)
    return _settled(tuple(tokens))


def _before_name(token: Token, names: Names) -> Token:
    """Tag the word that opens a sentence and has a name behind it: it may belong to the name."""
    if names.is_capitalised(token.text) or token.text.lower() in ROLES:
        return token._replace(tag=Tag.NAME)
    return token if names.is_lower(token.text) else token._replace(tag=Tag.UNKNOWN)


def _settled(tokens: Tokens) -> Tokens:
    """Decide by its neighbours what a word is that could be one thing or another."""
    settled = list(tokens)
    for at, following in enumerate(tokens[1:]):
        if settled[at].tag == Tag.TO and following.tag in _OPENS_NOUN_PHRASE:
            settled[at] = settled[at]._replace(tag=Tag.PREPOSITION)
    if not _VERBS & {token.tag for token in settled}:
        found = {at: tag for at in range(1, len(settled) - 1) if (tag := _as_present(settled, at))}
        if len(found) == 1:
            at, tag = found.popitem()
            settled[at] = settled[at]._replace(tag=tag)
    return tuple(settled)


def _as_present(tokens: Sequence[Token], at: int) -> Tag | None:
    """Return the tag of a noun that may as well be a verb: "covers" after "law", "work" of many."""
    before, token, after = tokens[at - 1 : at + 2]
    is_followed = after.tag in _FOLLOWS_VERB or lexicon.is_plural(after.text)
    if token.tag != Tag.NOUN or before.tag not in _SUBJECT_ENDS or not is_followed:
        return None
    is_plural = lexicon.is_plural(before.text) or any(word.tag == Tag.AND for word in tokens[:at])
    if is_plural:
        return Tag.BASE if lexicon.is_base(token.text) else None
    return Tag.PRESENT if lexicon.base_of_third_person(token.text) else None


def _tag(word: str, before: Tag | None, names: Names) -> Tag:
    lowered = word.casefold()
    if not word[0].isalnum():
        return Tag.NUMBER if any(map(str.isdigit, word)) else _MARKS.get(word, Tag.UNKNOWN)
    if word[0].isdigit() or lowered.split("-")[0] in _WORDS[Tag.NUMBER].split():
        return Tag.NUMBER
    if before == Tag.NAME and word in _PARTICLES:
        return Tag.NAME
    if lowered in _CLOSED and (before is None or word[0].islower()):
        return _CLOSED[lowered]
    if word == "I":
        return Tag.NAME if before == Tag.NAME else Tag.PRONOUN
    if word.istitle() and _CLOSED.get(lowered) in _OPENS_SENTENCE:
        return Tag.UNKNOWN  # another sentence seems to begin here
    if word[0].isupper() and (before is not None or word[1:].isupper() or names.is_name(word)):
        return Tag.NAME
    return _tag_open(lowered, before)


def _tag_open(word: str, before: Tag | None) -> Tag:
    """Tag a word of an open class by what the dictionary says that it can be."""
    word = _POSSESSIVE.sub("", word)
    parts = lexicon.parts_of_speech(word)
    if not parts:
        return _tag_unknown(word)
    if "VERB" in parts and (verb := _tag_verb(word, parts, before)):
        return verb
    for part, tag in (("NOUN", Tag.NOUN), ("ADJ", Tag.ADJECTIVE), ("ADV", Tag.ADVERB)):
        if part in parts:
            return tag
    return Tag.UNKNOWN


def _tag_unknown(word: str) -> Tag:
    """Tag a word that is in no dictionary by its last part or its ending."""
    last = word.rpartition("-")[2]
    if last != word:
        return _tag_open(last, Tag.DETERMINER)
    if word.endswith("ly"):
        return Tag.ADVERB
    is_noun = "NOUN" in lexicon.parts_of_speech(word.removesuffix("s")) or _NOUN_ENDING.search(word)
    return Tag.NOUN if is_noun else Tag.UNKNOWN


def _tag_verb(word: str, parts: frozenset[str], before: Tag | None) -> Tag | None:
    """Tag a word that can be a verb; None where it rather is something else."""
    is_only_verb = parts == {"VERB"}
    if before in (Tag.TO, Tag.MODAL, Tag.DO) and lexicon.is_base(word):
        return Tag.BASE
    if lexicon.is_participle(word) and before in (Tag.BE, Tag.HAVE):
        return Tag.PARTICIPLE
    if lexicon.base_of_past(word) or lexicon.is_participle(word):
        return _tag_past(word, before, is_only_verb=is_only_verb)
    if word.endswith("ing"):
        return None if "NOUN" in parts else Tag.GERUND
    if is_only_verb and lexicon.base_of_third_person(word):
        return Tag.PRESENT
    return Tag.BASE if is_only_verb and lexicon.is_base(word) else None


def _tag_past(word: str, before: Tag | None, *, is_only_verb: bool) -> Tag | None:
    if before in _ATTRIBUTIVE:
        return Tag.ADJECTIVE
    if not is_only_verb and before not in _SUBJECT_ENDS:
        return None
    if not lexicon.is_participle(word):
        return Tag.PAST
    return Tag.PAST_OR_PARTICIPLE if lexicon.base_of_past(word) else Tag.PARTICIPLE
