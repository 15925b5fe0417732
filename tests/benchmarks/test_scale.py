from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.making import RandomEmbedder
from benchmarks.scale import enlarged, real
from benchmarks.scale.ours import recall_of
from benchmarks.scale.tables import Table


@pytest.fixture
def home(tmp_path: Path) -> Path:
    paragraphs = [
        {
            "context": f"The town of Anytown {n} lies at a river.",
            "qas": [{"question": f"Where {n}?"}],
        }
        for n in range(5)
    ]
    articles = [{"title": f"Town_{n}", "paragraphs": [paragraphs[n]] * 2} for n in range(5)]
    source = tmp_path / "squad.json.gz"
    with gzip.open(source, "wt") as file:
        json.dump({"data": articles}, file)
    real.prepare(tmp_path / "home", [source], RandomEmbedder())
    return tmp_path / "home"


def test_passages_and_questions_are_kept_once_with_their_vectors(home: Path) -> None:
    passages, questions = real.load(home), real.load_questions(home)
    assert sorted(passages.texts)[0] == "Town 0\nThe town of Anytown 0 lies at a river."
    assert (len(passages.texts), passages.vectors.shape) == (5, (5, 384))
    assert (len(questions.texts), questions.vectors.shape) == (5, (5, 384))


def test_what_is_not_embedded_whole_is_not_measured(home: Path) -> None:
    (home / "part-0000.npy").unlink()
    with pytest.raises(SystemExit, match="go on"):
        real.load(home)


def test_vectors_are_the_real_ones_with_noise_and_the_first_of_more_are_those_of_fewer(
    home: Path,
) -> None:
    passages = real.load(home)
    for size in (8, 5_000):
        enlarged.write_vectors(home / f"{size}.npy", passages, size)
    few, many = np.load(home / "8.npy"), np.load(home / "5000.npy")
    assert few.tolist() == many[:8].tolist()
    cosines = np.einsum("ij,ij->i", many, passages.vectors[np.arange(5_000) % 5])
    np.testing.assert_allclose(np.linalg.norm(many, axis=1), 1, rtol=1e-5)
    assert cosines.mean() == pytest.approx(1 / np.sqrt(1 + enlarged.NOISE**2), abs=0.01)


def test_nearest_are_those_of_all_batches(home: Path) -> None:
    enlarged.write_vectors(home / "kept.npy", real.load(home), 10_000)
    kept = np.load(home / "kept.npy")
    queries = kept[[3, 9_000]]
    enlarged.write_nearest(home / "nearest.npy", home / "kept.npy", 10_000, queries)
    best = np.argsort(-(queries @ kept.T), axis=1)[:, :10] + 1  # numbers count from 1
    assert recall_of(home / "nearest.npy", list(best)) == 1.0
    assert recall_of(home / "nearest.npy", [best[0], best[0][:0]]) == pytest.approx(0.5)


def test_texts_have_some_words_changed(home: Path) -> None:
    [(numbers, documents)] = enlarged.term_batches(real.load(home), 7)
    assert numbers.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert len(documents[0]) == len(documents[5])
    assert len(list(enlarged.changed_texts(real.load(home), 12))) == 12


def test_table_is_markdown() -> None:
    table = Table("passages | search | median, ms")
    table.add(10_000, "dense", 1.2345)
    table.add(10_000, "none")
    assert str(table).splitlines()[2:] == ["| 10,000 | dense | 1.23 |", "| 10,000 | none |  |"]
