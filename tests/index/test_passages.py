from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import clean
from index.layout import find_blocks
from index.passages import TokenCounter, split
from index.records import BlockKind, Document, Extraction, Passage


class WordCounter:
    """Counts white-space separated words, and ten characters of a longer one each."""

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [sum(1 + len(word) // 10 for word in text.split()) for text in texts]


def document_of(source_text: str, title: str = "Ports") -> Document:
    extraction = Extraction(source_text, find_blocks(source_text), "text/plain", "text/1")
    text, alignment, blocks = clean(extraction)
    return Document(
        id="d", root="r", path="p.txt", title=title, media_type="text/plain", sha256="",
        source_text=source_text, source_sha256="", text=text, alignment=alignment, blocks=blocks,
        pages=(), extractor="text/1", quality=1.0, modified_at=0.0, published=None, metadata={},
    )  # fmt: skip


def passages_of(source_text: str, max_tokens: int) -> tuple[Passage, ...]:
    counter: TokenCounter = WordCounter()  # type: ignore[assignment]
    return split(document_of(source_text), counter, max_tokens=max_tokens)


def test_passages_overlap_by_a_whole_sentence() -> None:
    text = "One two three. " * 2 + "Four five six. Seven eight nine. Ten eleven twelve."
    passages = passages_of(text, 15)
    assert [p.text for p in passages] == [
        "One two three. One two three. Four five six. Seven eight nine.",
        "Seven eight nine. Ten eleven twelve.",
    ]


def test_passage_ends_with_a_paragraph_where_the_next_does_not_fit() -> None:
    text = "One two three four. Five six seven eight.\n\nNine ten. Eleven twelve thirteen fourteen."
    assert [p.text for p in passages_of(text, 14)] == [
        "One two three four. Five six seven eight.",
        "Nine ten. Eleven twelve thirteen fourteen.",
    ]


def test_passages_carry_their_heading_path_and_do_not_cross_headings() -> None:
    text = "1. Origins\n\nIt began in 1961, a wet year.\n\n1.1 Members\n\nThere were nine of them."
    assert [(p.section, p.text) for p in passages_of(text, 60)] == [
        (("1. Origins",), "It began in 1961, a wet year."),
        (("1. Origins", "1.1 Members"), "There were nine of them."),
    ]


def test_heading_without_content_is_a_passage_of_its_own() -> None:
    text = "1. Origins\n\n2. Members\n\nThere were nine of them."
    assert [p.text for p in passages_of(text, 60)] == ["1. Origins", "There were nine of them."]


def test_table_rows_are_whole_and_carry_their_caption() -> None:
    rows = "\n".join(f"196{n}\tmeeting number {n} of the harbour committee" for n in range(6))
    passages = passages_of(f"Table 1. Meetings\n\n{rows}\n\nIt met each spring.", 40)
    assert [p.section for p in passages] == [("Table 1. Meetings",)] * 2 + [()]
    sliced = [
        document_of(f"Table 1. Meetings\n\n{rows}").text[s:e] for s, e in passages[1].sentences
    ]
    assert all(row in rows.split("\n") for row in sliced)


def test_footnotes_are_passages_of_their_own() -> None:
    text = "The pier stood there.¹ It fell.\n\n¹ Gazette, p. 3."
    assert [p.text for p in passages_of(text, 60)] == [
        "The pier stood there. It fell.",
        "¹ Gazette, p. 3.",
    ]


def test_document_of_a_title_alone_is_a_passage() -> None:
    counter: TokenCounter = WordCounter()  # type: ignore[assignment]
    (passage,) = split(document_of("", "Harbour law"), counter, max_tokens=20)
    assert passage.context("Harbour law") == "Harbour law"
    assert passage.text == ""


def test_sentence_that_is_too_long_is_cut_between_words() -> None:
    text = "alpha beta gamma delta epsilonepsilonepsilon"
    passages = passages_of(text, 6)
    assert " ".join(p.text for p in passages) == text
    assert all(word in text.split() for p in passages for word in p.text.split())


@given(
    st.lists(
        st.sampled_from(["Word ", "end. ", "And ", "x" * 45 + " ", "\n\n", "1\t2\n"]), max_size=150
    ),
    st.integers(45, 90),
)
def test_no_passage_is_longer_than_the_limit_and_no_word_is_lost(
    pieces: list[str], max_tokens: int
) -> None:
    document = document_of("".join(pieces))
    counter: TokenCounter = WordCounter()  # type: ignore[assignment]
    passages = split(document, counter, max_tokens=max_tokens)
    covered = {at for p in passages for start, end in p.sentences for at in range(start, end)}
    blocks = [block for block in document.blocks if block.kind is not BlockKind.HEADING]
    shown = [at for block in blocks for at in range(block.start, block.end)]
    assert all(at in covered for at in shown if not document.text[at].isspace())
    for passage in passages:
        searched = f"{passage.context(document.title)}\n{passage.text}"
        assert counter.count_tokens([searched])[0] + 2 <= max_tokens
        assert passage.text == document.text[passage.start : passage.end]


class NoCounter:
    """Gives every text no token, as a tokenizer does with signs that it does not know."""

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [0] * len(texts)


def test_text_of_no_tokens_is_divided_by_its_length() -> None:
    counter: TokenCounter = NoCounter()  # type: ignore[assignment]
    sentences = split(document_of("A! " * 1000), counter, max_tokens=52)
    assert max(len(passage.sentences) for passage in sentences) == 52 - 2
    word = split(document_of("a" * 10_000), counter, max_tokens=52)
    assert max(len(passage.text) for passage in word) <= 50 * 16


def test_heading_with_nothing_but_a_note_below_it_is_found() -> None:
    texts = [
        passage.text for passage in passages_of("It was.\n\n1. Members\n\n² Gazette, p. 3.", 60)
    ]
    assert "1. Members" in texts
