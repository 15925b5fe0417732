"""Real passages and questions of SQuAD files, and their vectors, kept in a folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.making import document
from index.embedding import Embedder
from index.passages import split

_PART = 1_000  # passages embedded and kept at once
_PASSAGES = 50_000  # as many are taken at random
_TOKENS = 128  # of a passage at most: two to four sentences
_QUESTIONS = 400
_PASSAGES_FILE = "passages.json"
_QUESTIONS_FILE = "questions.json"


class Real(NamedTuple):
    """What is real: the rest of a large index is made of it."""

    texts: list[str]  # as they are embedded: context and passage
    vectors: NDArray[np.float32]  # (passages, dimension)
    embedded_a_second: float  # passages, on the cores that torch was given


class Questions(NamedTuple):
    """What is searched for."""

    texts: list[str]
    vectors: NDArray[np.float32]  # (questions, dimension)


def prepare(folder: Path, files: Sequence[Path], embedder: Embedder) -> None:
    """Split and embed what a folder does not hold yet, part by part: a stopped run goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _PASSAGES_FILE).exists():
        texts, questions = _read(files, embedder)
        _write_json(folder / _QUESTIONS_FILE, questions)
        _write_json(folder / _PASSAGES_FILE, texts)
    texts = json.loads((folder / _PASSAGES_FILE).read_text())
    for start in range(0, len(texts), _PART):
        part = folder / f"part-{start // _PART:04}.npy"
        _embed(part, texts[start : start + _PART], embedder)
    questions = json.loads((folder / _QUESTIONS_FILE).read_text())
    _embed(folder / "questions.npy", questions, embedder)


def load(folder: Path) -> Real:
    """Read what ``prepare`` kept.

    Raises:
        SystemExit: The folder does not hold all of it.
    """
    try:
        texts = json.loads((folder / _PASSAGES_FILE).read_text())
        parts = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("part-*.npy"))]
        vectors = np.concatenate(parts)
        if len(vectors) != len(texts):
            raise ValueError(f"{len(vectors):,} of {len(texts):,} passages are embedded")
        rates = [float(path.read_text()) for path in folder.glob("part-*.rate")]
        return Real(texts, vectors, float(np.median(rates)))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{folder}: {error}; leave --again out to go on") from error


def load_questions(folder: Path) -> Questions:
    """Read the questions that ``prepare`` kept."""
    texts = json.loads((folder / _QUESTIONS_FILE).read_text())
    return Questions(texts, np.load(folder / "questions.npy"))


def _read(files: Sequence[Path], embedder: Embedder) -> tuple[list[str], list[str]]:
    """Return different passages and different questions of all files, drawn at random."""
    texts: dict[str, None] = {}
    questions: dict[str, None] = {}
    seen: set[str] = set()
    for number, article in enumerate(_articles(files)):
        paragraphs = dict.fromkeys(paragraph["context"] for paragraph in article["paragraphs"])
        fresh = [text for text in paragraphs if text.strip() and text not in seen]
        seen.update(fresh)
        made = document(f"{number}.txt", fresh, title=article.get("title", "").replace("_", " "))
        for passage in split(made, embedder, max_tokens=_TOKENS):
            texts[f"{passage.context(made.title)}\n{passage.text}".strip()] = None
        questions.update(
            (question["question"].strip(), None)
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        )
    return _drawn(list(texts), _PASSAGES), _drawn(list(questions), _QUESTIONS)


def _drawn(texts: Sequence[str], most: int) -> list[str]:
    chosen = np.random.default_rng(0).permutation(len(texts))[:most]
    return [texts[number] for number in chosen]


def _articles(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in files:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            yield from json.load(file)["data"]


def _embed(path: Path, texts: Sequence[str], embedder: Embedder) -> None:
    if path.exists():
        return
    begun = perf_counter()
    vectors = embedder.embed(texts)
    path.with_suffix(".rate").write_text(f"{len(texts) / (perf_counter() - begun):.1f}")
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
    unfinished.replace(path)


def _write_json(path: Path, value: object) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(value, ensure_ascii=False))
    unfinished.replace(path)
