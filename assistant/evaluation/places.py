"""Where a question's answer stands: what of the index, and of an answer, falls on that place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from assistant.evaluation.matching import (
    Letters,
    Parts,
    holds_any,
    holds_parts,
    letters,
    split_parts,
)
from assistant.records import Citation
from assistant.testsets.records import GoldQuestion
from index.records import Passage, Range
from index.store import Store


class GoldPlaces:
    """Tells what falls on the gold places of a test set.

    A place is given by characters of a file, one range or several, so that other passages, or a
    better extraction, leave it where it is. Where the test set gives none, or the file has changed,
    it is wherever a gold answer stands in the gold document; without a document, anywhere.

    Args:
        store: The index.
        names: Document id → name, for the documents that the test set names.
    """

    def __init__(self, store: Store, names: Mapping[str, str]) -> None:
        self._store = store
        self._names = names
        self._letters = lru_cache(maxsize=4096)(letters)
        self._parts = lru_cache(maxsize=4096)(split_parts)
        self._document = lru_cache(maxsize=64)(store.document)
        self._text = lru_cache(maxsize=256)(self._read_text)

    def is_cited(self, gold: GoldQuestion, citation: Citation) -> bool:
        """Tell whether a citation falls on the gold place, if only on a part or on more of it."""
        if not self._is_gold(gold, citation.document_id):
            return False
        if _is_of(gold, citation.sha256):
            return any(
                start < gold_end and gold_start < end
                for start, end in citation.source_ranges
                for gold_start, gold_end in chain.from_iterable(gold.places)
            )
        quote = self._letters(citation.quote)
        parts = list(chain.from_iterable(self._answers(gold)))
        return holds_any(quote, parts) or any(holds_any(part, [quote]) for part in parts)

    def is_in(self, gold: GoldQuestion, passage: Passage) -> bool:
        """Tell whether a passage holds the gold place whole."""
        if not self._is_gold(gold, passage.document_id):
            return False
        if not gold.places:
            return self.answers(gold, passage.text)
        document = self._document(passage.document_id)
        if not _is_of(gold, document.sha256):
            return self.answers(gold, passage.text)
        shown = document.alignment.source_ranges(passage.start, passage.end)
        return any(all(_spans(shown, part) for part in place) for place in gold.places)

    def answers(self, gold: GoldQuestion, text: str) -> bool:
        """Tell whether a gold answer stands in a text."""
        return self._is_answered(gold, self._letters(text))

    def is_extracted(self, gold: GoldQuestion) -> bool:
        """Tell whether a gold answer stands in the reading text of a document that is gold."""
        texts = map(self._text, self._documents(gold))
        return any(self._is_answered(gold, text) for text in texts)

    def is_in_one_passage(self, gold: GoldQuestion) -> bool:
        """Tell whether some passage holds the gold place whole."""
        with self._store.catalogue.reading() as rows:
            return any(
                self.is_in(gold, passage)
                for document in self._documents(gold)
                for passage in rows.passages_of(document)
            )

    def _is_gold(self, gold: GoldQuestion, document_id: str) -> bool:
        return gold.document in (None, self._names.get(document_id))

    def _documents(self, gold: GoldQuestion) -> Iterable[str]:
        if gold.document is None:
            return (document.id for document in self._store.documents())
        return [document for document, name in self._names.items() if name == gold.document]

    def _answers(self, gold: GoldQuestion) -> list[Parts]:
        return [self._parts(answer) for answer in gold.answers or ()]

    def _is_answered(self, gold: GoldQuestion, text: Letters) -> bool:
        return any(holds_parts(text, parts) for parts in self._answers(gold))

    def _read_text(self, document_id: str) -> Letters:
        return letters(self._document(document_id).text)


def _is_of(gold: GoldQuestion, sha256: str) -> bool:
    """Tell whether a question gives its place in this very version of a file."""
    return bool(gold.places) and gold.sha256 in (None, sha256)


def _spans(shown: Sequence[Range], part: Range) -> bool:
    return bool(shown) and shown[0][0] <= part[0] and part[1] <= shown[-1][1]
