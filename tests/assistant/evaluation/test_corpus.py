from __future__ import annotations

from assistant.evaluation.corpus import make_document
from assistant.evaluation.records import CorpusDocument
from index.records import BlockKind


def test_paragraphs_are_taken_as_they_stand() -> None:
    text = "1. HEADING LIKE\n- no list\n \n\nSecond paragraph.\n"
    document = make_document(CorpusDocument("7-2", "Title", text))
    assert (document.path, document.title, document.source_text) == ("7-2", "Title", text)
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH] * 2
    assert document.text == "1. HEADING LIKE - no list\n\nSecond paragraph."
    start = document.text.index("Second")
    assert document.alignment.source_ranges(start, start + 6) == ((29, 35),)


def test_document_of_a_title_alone_has_no_text() -> None:
    document = make_document(CorpusDocument("d", "Only a title", " \n"))
    assert (document.title, document.text, document.blocks) == ("Only a title", "", ())


def test_lone_surrogate_can_be_stored() -> None:
    assert make_document(CorpusDocument("d", "", "a \ud800 b")).source_text == "a ? b"
