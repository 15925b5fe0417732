from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.reader.training import Progress, Training
from assistant.reader.training.batches import Example
from assistant.reader.training.stepping import Stepper

OPTIONS = ("--passes", "2", "--batch-size", "8", "--learning-rate", "0.003")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, code: object = None) -> None:
    monkeypatch.setattr("sys.argv", ["assistant", "train-reader", *map(str, arguments), *OPTIONS])
    with pytest.raises(SystemExit) as exited:
        main()
    assert exited.value.code == code


def test_run_in_parts_makes_the_weights_of_a_whole_one(
    bridges: Path, encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name in ("whole", "parts"):
        given = (bridges, "--encoder", encoder, "--output", tmp_path / name)
        if name == "parts":
            run(monkeypatch, *given, "--steps", 3)
            assert "checkpoint at step 3 of 8" in capsys.readouterr().out
        run(monkeypatch, *given)
    assert "holds the reader" in capsys.readouterr().out
    whole, parts = (tmp_path / name / "model.safetensors" for name in ("whole", "parts"))
    assert whole.read_bytes() == parts.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_lets_the_step_be_finished_and_kept(
    bridges: Path, encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:  # fmt: skip
    before, make = signal.getsignal(number), Training._stepper

    def interrupt(training: Training, batch: Sequence[Example]) -> Stepper:
        os.kill(os.getpid(), number)
        return make(training, batch)

    monkeypatch.setattr(Training, "_stepper", interrupt)
    said = "stopped after step 1 of 8; the same command goes on from there"
    given = (bridges, "--encoder", encoder, "--output", tmp_path / "out")
    run(monkeypatch, *given, code=said)
    assert signal.getsignal(number) == before
    assert (tmp_path / "out" / "checkpoint.safetensors").is_file()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--output", "out"], "DATA"),
        (["bridges.json"], "--output"),
        (["bridges.json", "--output", "out", "--negatives", "nan"], "nan"),
        (["bridges.json", "--output", "out", "--seed", "-1"], "-1"),
        (["bridges.json", "--output", "out", "--steps", "0"], "--steps"),
        (["bridges.json", "--output", "bridges.json"], "bridges.json"),
        (["missing.json", "--output", "out"], "missing.json"),
    ],
)
def test_mistake_of_the_callers_is_told_with_status_2(
    bridges: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], complaint: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(bridges.parent)
    run(monkeypatch, *arguments, code=2)
    assert complaint in capsys.readouterr().err


def test_encoder_that_is_not_there_is_told(
    bridges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    given = (bridges, "--output", tmp_path / "out", "--encoder", tmp_path / "none")
    run(monkeypatch, *given, code=1)
    assert "no encoder to train" in capsys.readouterr().err


def test_mean_loss_goes_on_where_it_stood(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from assistant import display

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    list(display.training(iter([Progress(2, 2, 2.0, 10)]), losses=[1.0], last=2))
    assert "loss 1.020" in capsys.readouterr().err
