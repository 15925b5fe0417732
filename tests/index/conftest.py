"""Fixtures: an index that holds five documents, a catalogue, and many vectors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.catalogue import Catalogue
from index.catalogue.entries import Root
from index.database import Place, place_of
from index.database.places import CATALOGUE
from index.embedding import Embedder
from index.store import Store
from index.vectors import VectorIndex
from tests.index.five_towns import Opener, fill
from tests.index.vectors import (
    Numbers,
    Vectors,
    clustered_vectors,
    index_of,
)
from torture.models import HashingEmbedder


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of five documents, closed."""
    folder = tmp_path_factory.mktemp("template") / "index"
    with Store.open(folder, embedder_name=HashingEmbedder.name, create=True) as store:
        fill(store, HashingEmbedder())
    return folder


@pytest.fixture
def url() -> str:
    """The catalogue lies in the index folder, unless a module says otherwise."""
    return ""


@pytest.fixture
def folder(tmp_path: Path, template: Path, url: str) -> Path:
    if not url:
        return Path(shutil.copytree(template, tmp_path / "index"))
    name = HashingEmbedder.name
    with Store.open(tmp_path / "index", embedder_name=name, create=True, catalogue=url) as store:
        fill(store, HashingEmbedder())
    return tmp_path / "index"


@pytest.fixture
def opened(folder: Path, embedder: Embedder, url: str) -> Iterator[Opener]:
    """Open the index as often as a test likes, as other processes would."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(Store.open(folder, embedder_name=embedder.name, catalogue=url))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def place(tmp_path: Path, catalogue_url: str) -> Place:
    return place_of(CATALOGUE, tmp_path, catalogue_url)


@pytest.fixture
def catalogue(tmp_path: Path, place: Place) -> Iterator[Catalogue]:
    opened = Catalogue.open(place, tmp_path, create=True)
    with opened.writing() as changes:
        changes.add_root(Root("notes", Path("/notes")))
        changes.adopt_embedder("tiny", 2)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def many() -> tuple[Numbers, Vectors]:
    vectors = clustered_vectors(21_000, 32)
    return np.random.default_rng(1).permutation(10**6)[: len(vectors)].astype(np.int64), vectors


@pytest.fixture(scope="session")
def approximate(many: tuple[Numbers, Vectors]) -> VectorIndex:
    return index_of(*many)
