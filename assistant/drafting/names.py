"""Which words of a document are names, and which names are people's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.drafting import lexicon
from index.records import Range

_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019&][^\W_]+)*")
_INSIDE = re.compile(r"[\w,;] $")


class Names:
    """Tells names from words that are capitalised because they open a sentence.

    Args:
        text: A document's reading text.
        sentences: Of its running text.
    """

    def __init__(self, text: str, sentences: Iterable[Range]) -> None:
        self._capitalised: set[str] = set()
        self._lower: set[str] = set()
        for start, end in sentences:
            for match in _WORD.finditer(text, start, end):
                word = match[0].removesuffix("'s").removesuffix("\u2019s")
                if word[0].islower():
                    self._lower.add(word)
                elif _INSIDE.search(text, start, match.start()):
                    self._capitalised.add(word)

    def is_name(self, word: str) -> bool:
        """Tell whether a capitalised word is a name wherever it stands."""
        word = word.removesuffix("'s").removesuffix("\u2019s")
        if word.casefold() in self._lower:
            return False
        return word in self._capitalised or not lexicon.parts_of_speech(word)

    def is_lower(self, word: str) -> bool:
        """Tell whether a word is also written in lower case."""
        return word.casefold() in self._lower

    def is_capitalised(self, word: str) -> bool:
        """Tell whether a word is capitalised inside a sentence."""
        return word in self._capitalised
