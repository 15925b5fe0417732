from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from assistant.reader.model import ReadWindow, SpanModel
from assistant.reader.training import Training
from assistant.reader.training.encoders import Encoder
from assistant.reader.training.finishing import finish
from assistant.reader.training.scoring import Scores, _best_span, score
from assistant.reader.training.settings import TrainingSettings
from assistant.reader.windows import Window
from index.errors import ConfigurationError, ReaderError

FILES = {"README.md", "config.json", "losses.json", "model.safetensors", "tokenizer.json"}


@pytest.fixture
def trained(bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings) -> Training:
    training = Training([bridges], encoder, tmp_path / "builders", replace(quick, passes=1))
    list(training.steps_to(training.steps))
    return training


def test_finished_reader_is_loaded_by_transformers_in_half_precision(
    trained: Training, encoder: Path
) -> None:
    import torch
    from transformers import AutoModelForQuestionAnswering

    finish(trained, Encoder("tiny", encoder, is_default=False))
    assert {path.name for path in trained.output.iterdir()} == FILES
    model = AutoModelForQuestionAnswering.from_pretrained(trained.output)
    assert model.dtype == torch.float16
    for name, value in trained.model.state_dict().items():
        assert torch.equal(model.state_dict()[name], value.half())
    assert str(encoder) not in (trained.output / "config.json").read_text()
    assert len({path.stat().st_mode for path in trained.output.iterdir()}) == 1


def test_finished_weights_keep_a_share_of_those_started_from(
    trained: Training, bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    from safetensors.torch import load_file

    finish(trained, Encoder("tiny", encoder, is_default=False))
    settings = replace(quick, passes=1, keep=0.25)
    training = Training([bridges], trained.output, tmp_path / "more", settings)
    list(training.steps_to(training.steps))
    moved = {name: value.clone() for name, value in training.model.state_dict().items()}
    finish(training, Encoder("builders", trained.output, is_default=False))
    first, last = (
        load_file(folder / "model.safetensors") for folder in (trained.output, training.output)
    )
    for name, weights in last.items():
        expected = 0.25 * first[name].float() + 0.75 * moved[name]
        np.testing.assert_allclose(weights.float(), expected, atol=1e-3)
    assert "--keep 0.25" in (training.output / "README.md").read_text()


def test_weights_of_what_is_no_reader_cannot_be_kept(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    with pytest.raises(ReaderError, match="no reader yet"):
        Training([bridges], encoder, tmp_path / "out", replace(quick, keep=0.5))


def test_model_card_states_data_licences_and_settings(
    trained: Training, encoder: Path, bridges: Path
) -> None:
    finish(trained, Encoder("tiny", encoder, is_default=False))
    card = (trained.output / "README.md").read_text()
    digest = sha256(bridges.read_bytes()).hexdigest()
    assert f"| bridges.json | 24 | 2 | CC0 | `{digest}` |" in card
    assert "assistant train-reader bridges.json" in card
    assert "--encoder tiny" in card
    assert "--max-tokens 320" in card
    assert "--dropout 0.1" in card
    assert "--seed 7" in card
    assert "- learning_rate: 0.003" in card
    assert "- steps: 4" in card
    assert "On 2 questions" in card
    assert str(bridges.parent) not in card


def test_model_card_quotes_that_of_the_reader_trained_on_from(
    trained: Training, encoder: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(encoder, earlier)
    (earlier / "README.md").write_text("---\nlibrary_name: transformers\n---\n\nMade of | CC0 |\n")
    finish(trained, Encoder("earlier", earlier, is_default=False))
    card = (trained.output / "README.md").read_text()
    assert card.startswith("---\n")
    assert card.count("library_name") == 1
    assert "## The model card of earlier\n" in card
    assert "\n> Made of | CC0 |\n" in card


def test_first_losses_are_kept_to_compare(trained: Training, encoder: Path) -> None:
    finish(trained, Encoder("tiny", encoder, is_default=True))
    kept = json.loads((trained.output / "losses.json").read_text())
    assert kept == [round(loss, 4) for loss in trained.run.losses]


def test_reader_scores_what_it_has_learned_on_articles_held_out(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    training = Training([bridges], encoder, tmp_path / "builders", quick)
    list(training.steps_to(training.steps))
    scores = finish(training, Encoder("tiny", encoder, is_default=True))
    assert scores is not None
    assert scores.questions == 2
    seen = score(SpanModel(training.output, name="builders"), training.data, seed=7)
    assert seen is not None
    assert seen.f1 > 0.5  # of a random span it would be near 0.2


def test_finishing_that_is_cut_short_leaves_the_checkpoint(
    trained: Training, bridges: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fail(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("assistant.reader.training.finishing.model_card", fail)
        with pytest.raises(KeyboardInterrupt):
            finish(trained, Encoder("tiny", encoder, is_default=True))
    again = Training([bridges], encoder, trained.output, trained.settings)
    assert again.run.step == again.steps
    finish(again, Encoder("tiny", encoder, is_default=True))
    assert {path.name for path in trained.output.iterdir()} == FILES


def test_finished_reader_is_not_trained_over(
    trained: Training, bridges: Path, encoder: Path
) -> None:
    finish(trained, Encoder("tiny", encoder, is_default=True))
    with pytest.raises(ConfigurationError, match=r"already holds model\.safetensors"):
        Training([bridges], encoder, trained.output, trained.settings)


def test_best_span_ends_at_or_after_its_start_and_is_not_too_long() -> None:
    places = np.arange(60) * 2
    window = Window(0, [], [], places, places, places + 1)
    start, end = np.zeros(60, np.float32), np.zeros(60, np.float32)
    start[[0, 1, 2, 5, 50]] = -9, -9, -9, 3, 2
    end[[2, 53, 54]] = 9, 5, 1  # 2 lies before every good start, and 53 is too far from 5
    assert _best_span(ReadWindow(window, start, end, 0.0)) == (7.0, 100, 107)
    end[7] = 5
    assert _best_span(ReadWindow(window, start, end, 0.0)) == (8.0, 10, 15)


def test_scores_are_the_means_over_questions(trained: Training) -> None:
    class FirstWord:
        """Finds "The", which is no part of any answer."""

        def read(self, pairs: list[object]) -> list[ReadWindow]:
            one = np.ones(1, np.float32)
            window = [
                Window(n, [], [], np.array([0]), np.array([0]), np.array([3]))
                for n in range(len(pairs))
            ]
            return [ReadWindow(w, one, one, 0.0) for w in window]

    assert score(FirstWord(), trained.held_out, seed=1) == Scores(2, 0.0, 0.0)  # type: ignore[arg-type]
