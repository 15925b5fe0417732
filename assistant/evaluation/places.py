"""Where a question's answer stands: what of the index, and of an answer, falls on that place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from assistant.evaluation.matching import Letters, holds_any, letters
from assistant.records import Citation
from assistant.testsets.records import GoldQuestion
from index.records import Passage, Range
from index.store import Store


class GoldPlaces:
    """Tells what falls on the gold places of a test set.

    A place is given by characters of a file, so that other passages, or a better extraction, leave
    it where it is. Where the test set gives no characters, or another version of the file, it is
    wherever a gold answer stands in the gold document; without a document, anywhere.

    Args:
        store: The index.
        names: Document id → name, for the documents that the test set names.
    """

    def __init__(self, store: Store, names: Mapping[str, str]) -> None:
        self._store = store
        self._names = names
        self._letters = lru_cache(maxsize=4096)(letters)
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
                for gold_start, gold_end in gold.source_ranges
            )
        quote = self._letters(citation.quote)
        answers = self._answers(gold)
        return holds_any(quote, answers) or any(holds_any(answer, [quote]) for answer in answers)

    def is_in(self, gold: GoldQuestion, passage: Passage) -> bool:
        """Tell whether a passage holds the gold place whole."""
        if not self._is_gold(gold, passage.document_id):
            return False
        if not gold.source_ranges:
            return self.answers(gold, passage.text)
        document = self._document(passage.document_id)
        if not _is_of(gold, document.sha256):
            return self.answers(gold, passage.text)
        shown = document.alignment.source_ranges(passage.start, passage.end)
        return any(_spans(shown, place) for place in gold.source_ranges)

    def answers(self, gold: GoldQuestion, text: str) -> bool:
        """Tell whether a gold answer stands in a text."""
        return holds_any(self._letters(text), self._answers(gold))

    def is_extracted(self, gold: GoldQuestion) -> bool:
        """Tell whether a gold answer stands in the reading text of a document that is gold."""
        answers = self._answers(gold)
        return any(holds_any(self._text(document), answers) for document in self._documents(gold))

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

    def _answers(self, gold: GoldQuestion) -> list[Letters]:
        return [self._letters(answer) for answer in gold.answers or ()]

    def _read_text(self, document_id: str) -> Letters:
        return letters(self._document(document_id).text)


def _is_of(gold: GoldQuestion, sha256: str) -> bool:
    """Tell whether a question gives its place in this very version of a file."""
    return bool(gold.source_ranges) and gold.sha256 in (None, sha256)


def _spans(shown: Sequence[Range], place: Range) -> bool:
    return bool(shown) and shown[0][0] <= place[0] and place[1] <= shown[-1][1]
