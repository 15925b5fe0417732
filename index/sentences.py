"""Sentence boundaries of reading text."""

from __future__ import annotations

import re

from index.records import Range

# A full stop after one of these never ends a sentence: something always follows.
_LEADING_ABBREVIATIONS = frozenset(
    """
    adm amb art bros ca capt cf ch col cmdr dept dir doc dr ed eds e.g eq esp fig
    figs fr gen gov hon i.e lt maj mdm messrs mr mrs ms mt nos nr op p para paras pp
    pres prof pt rep rev sec sen sgt sr st vol vols viz vs v
    """.split()
)
# These can end a sentence too; they do when a capitalised function word follows.
_TRAILING_ABBREVIATIONS = frozenset(
    """
    a.d a.m al approx apr assn aug b.c bldg cit co corp cos d.c dec ed est et etc
    ext feb gmbh ibid inc jan jr jul jun lit ltd mar max min nov oct ph.d p.m repr
    sept sep sq tel trans u.k u.n u.s u.s.s.r univ
    """.split()
)
_SENTENCE_OPENERS = frozenset(
    """
    a after all also although an and another as at because before both but by
    despite during each even every few finally first for from he her his how however
    if in instead it its later many moreover most nevertheless no not on once one
    only other our she since so some such than that the their then there these they
    this those though through thus to two under until we what when where whether
    which while who why with yet you
    """.split()
)
_BOUNDARY = re.compile(
    r"""(?<![.!?\u2026])(?P<stop>[.!?\u2026]++)  # full stops; from the first, and all of them
        (?P<close>["'\u2019\u201d\u00bb)\]]*+)
        (?P<space>\s++)
        (?=(?P<open>["'\u2018\u201c\u00ab(\[]*+)(?P<next>\w++))
      | (?P<cjk>[\u3002\uff01\uff1f]["\u201d\u300d\u300f]*)""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[\w.&'\u2019-]*$")
_LONGEST_WORD = 40


def split_sentences(text: str, start: int = 0, end: int | None = None) -> tuple[Range, ...]:
    """Split a block of reading text into sentences.

    Abbreviations, initials, numbered notes and quotations inside a sentence do not end it.

    Args:
        text: Reading text.
        start: Where the block begins in it.
        end: Where the block ends; its last character by default.

    Returns:
        Half-open ranges of ``text`` without surrounding white space, in order; together they hold
        every character of the block that is not white space.
    """
    end = len(text) if end is None else end
    ranges = []
    sentence_start = start
    for match in _BOUNDARY.finditer(text, start, end):
        if match["cjk"] or _ends_sentence(text, sentence_start, match):
            ranges.append((sentence_start, match.end()))
            sentence_start = match.end()
    ranges.append((sentence_start, end))
    return tuple(trimmed for first, last in ranges if (trimmed := _trim(text, first, last)))


def _ends_sentence(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    following = match["next"]
    if following[0].islower() or following[0] == "_":
        return False
    if match["stop"] != ".":
        return not match["stop"].startswith("..") or following[0].isupper()
    window = max(sentence_start, match.start() - _LONGEST_WORD)
    found = _LAST_WORD.search(text, window, match.start())
    word = found[0].strip("'\u2019-") if found else ""
    if match["close"] and not word.replace(".", "").isalpha():
        return True
    return not _is_abbreviated(word, following, opens=_is_first_word(text, sentence_start, match))


def _is_first_word(text: str, sentence_start: int, match: re.Match[str]) -> bool:
    is_short = match.start() - sentence_start <= _LONGEST_WORD
    return is_short and " " not in text[sentence_start : match.start()].strip()


def _is_abbreviated(word: str, following: str, *, opens: bool) -> bool:
    lowered = word.lower()
    if word.isdigit():
        return opens  # "1. Introduction" is a numbered note or heading
    if lowered in _LEADING_ABBREVIATIONS or (lowered == "no" and following[0].isdigit()):
        return True
    if lowered in _TRAILING_ABBREVIATIONS or re.fullmatch(r"(\w\.)+\w", word):
        return following.lower() not in _SENTENCE_OPENERS
    # A single capital is an initial ("J. Smith"), save for the pronoun.
    return len(word) == 1 and word.isupper() and (word != "I" or opens)


def _trim(text: str, start: int, end: int) -> Range | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
