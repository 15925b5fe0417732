from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.reader.windows import NO_PLACE, Pair, Window, Windower

QUESTION = "Who built the old bridge?"
LONG = " ".join(f"The bridge {number} was built by dora strand." for number in range(100))


def quotable(window: Window, text: str) -> list[str]:
    return [text[start:end] for start, end in zip(window.starts, window.ends, strict=True)]


@pytest.fixture(scope="module")
def windower(encoder: Path) -> Windower:
    return Windower(encoder, max_tokens=64, stride=16)


def test_windows_of_a_long_passage_cover_all_of_it(windower: Windower) -> None:
    windows = windower.windows([Pair(QUESTION, "Port 3", LONG)])
    covered = {at for w in windows for at in range(w.starts[0], w.ends[-1])}
    assert covered == set(range(len(LONG)))
    assert all(len(window.ids) <= 64 for window in windows)


def test_neighbouring_windows_share_the_stride(windower: Windower) -> None:
    first, second, *_ = windower.windows([Pair(QUESTION, "Port 3", LONG)])
    assert first.starts[-16:].tolist() == second.starts[:16].tolist()


def test_question_and_context_are_read_but_never_quoted(windower: Windower) -> None:
    (window,) = windower.windows([Pair(QUESTION, "The ferry of Port 3", "It is long.")])
    assert quotable(window, "It is long.") == ["It", "is", "long", "."]
    before = 1 + len("Who built the old bridge ?".split()) + 1 + 5
    assert window.tokens.tolist() == [before + at for at in range(4)]
    assert window.type_ids[before] == 1


def test_tokens_know_their_place_in_the_passage(windower: Windower) -> None:
    for window in windower.windows([Pair(QUESTION, "Port 3", LONG)]):
        assert set(quotable(window, LONG)) <= {*"0123456789.", *LONG.replace(".", "").split()}


def test_cells_and_rows_of_a_table_are_marked_but_not_quoted(windower: Windower) -> None:
    table = "dora\tThe ferry\nstrand\tThe bridge"
    (marked,) = windower.windows([Pair(QUESTION, "", table)])
    (written,) = windower.windows([Pair(QUESTION, "", "dora:The ferry;strand:The bridge")])
    assert marked.ids == written.ids
    assert quotable(marked, table) == [
        "dora",
        "",
        "The",
        "ferry",
        "",
        "strand",
        "",
        "The",
        "bridge",
    ]
    assert all(end <= table.index("\t") for end in marked.ends[:2])


def test_what_has_no_place_in_the_passage_is_read_but_never_quoted(windower: Windower) -> None:
    text, passage = "Port: dora. Ferry: long", "dora\tlong"
    places = np.full(len(text), NO_PLACE)
    for word in ("dora", "long"):
        at = text.index(word) + np.arange(len(word))
        places[at] = passage.index(word) + np.arange(len(word))
    (named,) = windower.windows([Pair(QUESTION, "Port 3", text, places)])
    (written,) = windower.windows([Pair(QUESTION, "Port 3", text)])
    assert named.ids == written.ids
    assert quotable(named, passage) == ["dora", "long"]
    assert set(written.tokens) - set(named.tokens) == {
        token
        for token, start in zip(written.tokens, written.starts, strict=True)
        if text[start:].startswith(("Port", ":", ".", "Ferry"))
    }


def test_lines_without_cells_are_not_marked(windower: Windower) -> None:
    lines, plain = (windower.windows([Pair(QUESTION, "", text)])[0] for text in ("It\nis", "It is"))
    assert lines.ids == plain.ids


def test_long_question_leaves_room_for_the_passage(encoder: Path) -> None:
    windower = Windower(encoder, max_tokens=128, stride=8)
    windows = windower.windows([Pair("who built the bridge " * 50, "", "It is long.")])
    assert [quotable(window, "It is long.") for window in windows] == [["It", "is", "long", "."]]


def test_spaces_that_a_tokenizer_counts_to_its_words_are_not_quoted(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    pieces = ["<s>", "?", *("▁" + word for word in ("Who", "It", "is", "long", "Port"))]
    tokenizer = Tokenizer(models.WordLevel({p: n for n, p in enumerate(pieces)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split("\n", "merged_with_next"), pre_tokenizers.Metaspace()]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 0)]
    )
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    windower = Windower(tmp_path, max_tokens=64, stride=8)
    (window,) = windower.windows([Pair("Who", "Port", "It is long")])
    assert quotable(window, "It is long") == ["It", "is", "long"]
    (named,) = windower.windows([Pair("Who", "Port", "It is long ", np.arange(11))])
    assert quotable(named, "It is long ") == ["It", "is", "long"]
