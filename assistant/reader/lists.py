"""Questions that ask for several things, and lists that answer them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import Hit, Range

_SEVERAL = re.compile(
    r"""
    \b(?:what|which|who)\ (?:are|were)\b
  | ^\s*(?:name|list)\ (?:all|the|some|two|three|four|five|six)\b
  | \b(?:what|which)\ (?:[\w'-]+\ ){0,2}?
    (?:two|three|four|five|six|seven|eight|nine|ten|several|[a-z]{2,}(?<![sui])s)\ (?:[\w'-]+\ )?
    (?:are|were|did|do|have|had|can|could|will|would|must|should|may|might|[a-z]+ed)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LIST_FOLLOWS = ":"
_PARTING = re.compile(r"[;,](?:\s+(?:and|or))?$")  # an item from the next one


def asks_for_several(question: str) -> bool:
    """Tell whether a question asks for a list: "which countries", "what three steps"."""
    return _SEVERAL.search(question) is not None


def items_around(hit: Hit, span: Range) -> tuple[Range, ...]:
    """Return the items of the list that a span belongs to or introduces, if there is one.

    A list is what stands on lines of its own after a sentence that ends with a colon, as far as the
    next empty line. A span that is a lesser part of one item is not its list's, but answers alone:
    the countries that one of three events was about.
    """
    sentences = hit.passage.sentences
    for at, sentence in enumerate(sentences):
        if _text(hit, sentence).endswith(_LIST_FOLLOWS):
            items = _items(hit, sentence[1], sentences[at + 1 :])
            is_around = len(items) > 1 and sentence[0] <= span[0] and span[1] <= items[-1][1]
            if is_around and not any(_is_lesser_part(span, item) for item in items):
                return items
    return ()


def _is_lesser_part(span: Range, item: Range) -> bool:
    within = item[0] < span[0] and span[1] <= item[1]
    return within and 2 * (span[1] - span[0]) < item[1] - item[0]


def _items(hit: Hit, end: int, sentences: Sequence[Range]) -> tuple[Range, ...]:
    """Gather the lines that follow a place; a line can hold several sentences."""
    items: list[Range] = []
    for sentence in sentences:
        gap = _text(hit, (items[-1][1] if items else end, sentence[0]))
        if items and "\n" not in gap:
            items[-1] = (items[-1][0], sentence[1])
        elif "\n" not in gap or (items and "\n\n" in gap):
            break
        else:
            items.append(sentence)
    return tuple((item[0], item[0] + len(_PARTING.sub("", _text(hit, item)))) for item in items)


def _text(hit: Hit, part: Range) -> str:
    return hit.passage.text[part[0] - hit.passage.start : part[1] - hit.passage.start]
