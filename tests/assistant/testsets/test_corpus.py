from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from assistant.testsets.corpus import index_corpus, make_document
from assistant.testsets.records import CorpusDocument
from index.records import BlockKind
from index.store import Store


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
    document = make_document(CorpusDocument("d", "\udfff", "a \ud800 b"))
    assert (document.title, document.source_text) == ("\ufffd", "a \ufffd b")
    assert document.source_sha256 == sha256("a \ufffd b".encode()).hexdigest()


def test_corpus_is_indexed_under_the_ids_of_its_documents(tmp_path: Path) -> None:
    corpus = (CorpusDocument("7-2", "Title", "text"), CorpusDocument("8", "", "more"))
    with Store.open(tmp_path, embedder_name=None, create=True) as store:
        committed = list(index_corpus(store, corpus, None))
        summaries = store.documents()
    assert [event.path for event in committed] == ["7-2", "8"]
    assert [(each.root, each.path, each.title) for each in summaries] == [
        ("corpus", "7-2", "Title"),
        ("corpus", "8", ""),
    ]
