from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

PEOPLE = ("anders lund", "berta holm", "carl vik", "dora strand")
_WORDS = (
    "[PAD] [UNK] [CLS] [SEP] who built the bridge of in ? . , was by and a ferry sails to every "
    "day it is long old new port when"
)


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the smallest encoder there can be: two layers, a few words, letters and digits."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("encoder")
    people = " ".join(PEOPLE).split()
    signs = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = dict.fromkeys([*_WORDS.split(), *people, *signs, *(f"##{sign}" for sign in signs)])
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=320,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


def squad(paragraphs: Sequence[tuple[str, dict[str, object]]], **fields: object) -> str:
    """Return SQuAD's JSON of articles of one paragraph each, given by title and paragraph."""
    data = [{"title": title, "paragraphs": [paragraph]} for title, paragraph in paragraphs]
    return json.dumps({"data": data, **fields})


@pytest.fixture
def bridges(tmp_path: Path) -> Path:
    """Write 24 questions about bridges; the articles of two are held out."""
    paragraphs: list[tuple[str, dict[str, object]]] = []
    for number in [*range(1, 23), 179, 516]:
        builder = PEOPLE[number % len(PEOPLE)]
        text = f"The bridge of Port {number} is old. It was built by {builder} in 18{number % 90}."
        answer = {"text": builder, "answer_start": text.index(builder)}
        question = f"Who built the bridge of Port {number}?"
        questions = [{"question": question, "answers": [answer]}]
        paragraphs.append((f"Port {number}", {"context": text, "qas": questions}))
    path = tmp_path / "bridges.json"
    path.write_text(squad(paragraphs, license="CC0"), "utf-8")
    return path
