from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest

from assistant.reader.training import Training
from assistant.reader.training.settings import TrainingSettings
from index.errors import CheckpointError, ConfigurationError, ReaderError, TestSetError


def losses(training: Training, last: int) -> list[float]:
    return [progress.loss for progress in training.steps_to(last)]


def test_training_lowers_the_loss(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    training = Training([bridges], encoder, tmp_path / "out", quick)
    found = losses(training, training.steps)
    assert len(found) == training.steps == 8 * 4  # 22 questions and 6 negatives, eight at a time
    assert fmean(found[-4:]) < 0.5 * found[0]


def test_runs_of_one_seed_have_equal_losses_and_of_another_do_not(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    first = losses(Training([bridges], encoder, tmp_path / "first", quick), 5)
    assert losses(Training([bridges], encoder, tmp_path / "second", quick), 5) == first
    other = replace(quick, seed=8)
    assert losses(Training([bridges], encoder, tmp_path / "other", other), 5) != first


def test_stopped_run_goes_on_as_if_it_had_not_stopped(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    whole = losses(Training([bridges], encoder, tmp_path / "whole", quick), 12)
    steps = Training([bridges], encoder, tmp_path / "parts", quick).steps_to(12)
    parts = [next(steps).loss for _ in range(5)]
    steps.close()
    training = Training([bridges], encoder, tmp_path / "parts", quick)
    assert training.run.step == 5
    parts += losses(training, 12)
    assert parts == whole
    assert Training([bridges], encoder, tmp_path / "parts", quick).run.losses == tuple(whole)


@pytest.mark.parametrize(
    ("change", "named"), [({"seed": 8}, "seed was 7"), ({"passes": 9}, "passes was 8")]
)
def test_other_settings_than_the_checkpoints_are_refused_by_name(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings,
    change: dict[str, int], named: str,
) -> None:  # fmt: skip
    losses(Training([bridges], encoder, tmp_path / "out", quick), 1)
    with pytest.raises(CheckpointError, match=named):
        Training([bridges], encoder, tmp_path / "out", replace(quick, **change))


def test_other_data_than_the_checkpoints_are_refused_by_name(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    more = bridges.with_name("more.json")
    shutil.copyfile(bridges, more)
    losses(Training([bridges, more], encoder, tmp_path / "out", quick), 1)
    with pytest.raises(CheckpointError, match=r"its data were bridges\.json more\.json"):
        Training([more, bridges], encoder, tmp_path / "out", quick)
    more.write_text(more.read_text().replace("old", "new"))
    with pytest.raises(CheckpointError, match=r"changed since: more\.json"):
        Training([bridges, more], encoder, tmp_path / "out", quick)


def test_damaged_checkpoint_is_refused(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    losses(Training([bridges], encoder, tmp_path, quick), 1)
    (checkpoint,) = tmp_path.glob("checkpoint*")
    whole = checkpoint.read_bytes()
    for damaged in (whole[:-100], whole[:50], b"", whole.replace(b'"state"', b'"stale"')):
        checkpoint.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="damaged"):
            Training([bridges], encoder, tmp_path, quick)


def test_folder_with_something_else_in_it_is_refused(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"README\.md.*another --output"):
        Training([bridges], encoder, tmp_path, quick)


def test_files_of_one_name_are_refused(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    with pytest.raises(ConfigurationError, match=r"more than once: bridges\.json"):
        Training([bridges, bridges], encoder, tmp_path / "out", quick)


def test_data_without_a_question_are_refused(
    encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"data": []}')
    with pytest.raises(TestSetError, match=r"empty\.json: there is no question"):
        Training([empty], encoder, tmp_path / "out", quick)
    paragraph = {"context": "A port.", "qas": [{"question": "Q?", "answers": []}]}
    content = {"data": [{"title": "Port 179", "paragraphs": [paragraph]}]}
    empty.write_text(json.dumps(content))
    with pytest.raises(TestSetError, match=r"empty\.json: all 1 questions .* held out"):
        Training([empty], encoder, tmp_path / "out", quick)


@pytest.mark.parametrize(
    ("broken", "content", "complaint"),
    [
        ("model.safetensors", None, "no weights"),
        ("model.safetensors", b"abc", "cannot be loaded"),
        ("tokenizer.json", None, "tokenizer.json"),
        ("tokenizer.json", b"{}", "not a tokenizer"),
        ("config.json", b'{"model_type": "bert", "max_position_embeddings": 128}', "cannot be"),
    ],
)
def test_encoder_that_cannot_be_used_is_an_error_of_the_reader(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings,
    broken: str, content: bytes | None, complaint: str,
) -> None:  # fmt: skip
    shutil.copytree(encoder, tmp_path / "encoder")
    if content is None:
        (tmp_path / "encoder" / broken).unlink()
    else:
        (tmp_path / "encoder" / broken).write_bytes(content)
    with pytest.raises(ReaderError, match=complaint):
        Training([bridges], tmp_path / "encoder", tmp_path / "out", quick)


def test_encoder_that_reads_too_little_is_an_error_of_the_reader(
    bridges: Path, encoder: Path, tmp_path: Path, quick: TrainingSettings
) -> None:
    with pytest.raises(ReaderError, match="reads 320 tokens"):
        Training([bridges], encoder, tmp_path / "out", replace(quick, max_tokens=512))
