"""Fixtures of an index that holds five documents."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding import Embedder
from index.store import Store
from tests.index.five_towns import Opener, fill
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
