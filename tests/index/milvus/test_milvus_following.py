"""A collection that follows the catalogue, whatever happens to writers and to the server."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.batches import add_documents
from index.embedding import Embedder
from index.errors import SearchServerError
from index.milvus.collection import MilvusCollection
from index.milvus.server import MilvusAddress
from index.search import search
from index.store import Store
from tests.index.five_towns import DOCUMENTS, TOWNS, Opener, fill, remove, towns
from tests.index.milvus_server import MilvusLite, collection_of
from tests.index.tiny import tiny_document

pytestmark = pytest.mark.scale


@pytest.fixture(autouse=True)
def _none_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each run ends in a new collection, and nothing is ever caught up with."""
    monkeypatch.setattr("index.milvus.searches._FEW", 0)


@pytest.mark.parametrize(
    "moment",
    ["MilvusCollection.upsert", "MilvusCollection.delete", "SearchNotes.reach"],
)
def test_next_writer_finishes_what_a_killed_one_began(
    moment: str, tmp_path: Path, opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    fill(opened(), embedder)
    program = f"""
import os, sys
from pathlib import Path
from index.catalogue.searching import SearchNotes
from index.milvus.collection import MilvusCollection
from index.batches import add_documents
from index.store import Store
from tests.index.five_towns import DOCUMENTS
from tests.index.milvus_server import MilvusAddress, searches_at
from torture.models import HashingEmbedder

embedder = HashingEmbedder()
kept = searches_at(MilvusAddress({address.url!r}, collection={address.collection!r}))
store = Store.open(Path(sys.argv[1]), embedder_name=embedder.name, searches=kept)
def killed(*_):
    os._exit(9)
{moment} = killed
list(add_documents(store, DOCUMENTS[2:4], embedder=embedder))
"""
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path / "index")], check=False)
    assert run.returncode == 9
    reader = opened()
    assert {"Rome", "Reykjavik", "Istanbul"} <= set(towns(reader, embedder))
    assert any("behind" in note for note in reader.notes())
    with opened().writing():
        pass
    assert sorted(towns(reader, embedder)) == sorted(TOWNS)
    assert reader.verify() == ()
    assert len(collection_of(reader, address)) == 5


def test_what_is_committed_while_the_server_is_away_gets_there_when_it_is_back(
    milvus: MilvusLite, opened: Opener, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    writer, reader = opened(), opened()
    fill(writer, embedder)
    milvus.kill()
    try:
        begun = time.monotonic()
        with pytest.raises(SearchServerError, match="see that it runs"):
            towns(reader, embedder)
        remove(writer, "Prague")
        assert time.monotonic() - begun < 30
        assert "the next run brings it up to date" in caplog.text
        assert any("see that it runs" in problem for problem in reader.verify())
    finally:
        milvus.start()
    with writer.writing():
        pass
    assert sorted(towns(reader, embedder)) == ["Istanbul", "Madrid", "Reykjavik", "Rome"]
    assert reader.verify() == ()


def test_history_is_kept_until_the_collection_has_it(
    milvus: MilvusLite, opened: Opener, embedder: Embedder
) -> None:
    fill(opened(), embedder)
    milvus.kill()
    try:
        writer = opened()
        remove(writer, "Prague")
        writer.close()
    finally:
        milvus.start()
    again = opened()
    with again.catalogue.reading() as rows:
        here = rows.collection()
        assert here is not None
        assert rows.state.history <= here.generation
        assert len(rows.removed_since(here.generation)) == 1
    with again.writing():
        pass
    again.close()
    with opened().catalogue.reading() as rows:
        assert rows.state.history == rows.state.generation


def test_readers_search_what_the_writer_has_brought_and_never_write(
    opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    writer, one, other = opened(), opened(), opened()
    fill(writer, embedder)
    assert towns(one, embedder) == towns(other, embedder)
    with one.snapshot() as before:
        remove(writer, "Prague")
        assert search(before, embedder, "Prague", k=5).generation < writer.generation
        fill(writer, embedder)
        numbers = [hit.passage.text for hit in search(before, embedder, "council met", k=9).hits]
        assert len(numbers) == len(set(numbers))
    assert towns(one, embedder)[0] == towns(other, embedder)[0] == "Prague"
    assert len(collection_of(one, address)) == 5


def test_passages_that_a_lost_server_had_taken_already_go_with_their_document(
    opened: Opener, address: MilvusAddress, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise SearchServerError("lost")

    writer, bern = opened(), tiny_document("Bern.txt", "The council met in Bern.")
    fill(writer, embedder)
    with monkeypatch.context() as away:
        away.setattr("index.catalogue.searching.SearchNotes.reach", lost)
        list(add_documents(writer, [bern], embedder=embedder))
    assert len(collection_of(writer, address)) == 6
    with writer.writing(), writer.commit() as changes:
        changes.remove([bern.id])
    assert writer.verify() == ()
    assert len(collection_of(writer, address)) == 5


def test_catalogue_from_a_backup_gets_a_new_collection(
    tmp_path: Path, opened: Opener, address: MilvusAddress, embedder: Embedder
) -> None:
    catalogue = tmp_path / "index" / "catalogue.sqlite"
    writer = opened()
    fill(writer, embedder)
    writer.close()
    kept = catalogue.read_bytes()
    writer = opened()
    remove(writer, "Prague")
    writer.close()
    catalogue.write_bytes(kept)
    restored = opened()
    before = collection_of(restored, address)
    [problem] = restored.verify()
    assert "is of another history" in problem
    with restored.writing():
        pass
    assert restored.verify() == ()
    assert collection_of(restored, address).name != before.name
    assert sorted(towns(restored, embedder)) == sorted(TOWNS)


def test_commit_while_the_index_is_checked_is_no_fault(
    opened: Opener, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, checked = opened(), opened()
    fill(writer, embedder)
    count = MilvusCollection.__len__

    def count_later(collection: MilvusCollection) -> int:
        remove(writer, "Prague")
        return count(collection)

    monkeypatch.setattr(MilvusCollection, "__len__", count_later)
    assert checked.verify() == ()


def test_first_run_counts_all_of_its_documents(opened: Opener, embedder: Embedder) -> None:
    writer = opened()
    with writer.writing():
        list(add_documents(writer, DOCUMENTS[:3], embedder=embedder))
        list(add_documents(writer, DOCUMENTS[3:], embedder=embedder))
    assert counted(writer) == 5


def test_run_that_doubles_an_index_counts_anew(opened: Opener, embedder: Embedder) -> None:
    writer = opened()
    fill(writer, embedder)
    for number in range(5):
        later = tiny_document(f"{number}.txt", f"The council met {number} times.")
        list(add_documents(writer, [later], embedder=embedder))
        assert counted(writer) == 5
    list(add_documents(writer, [tiny_document("Bern.txt", "In Bern it met.")], embedder=embedder))
    assert counted(writer) == 11


def counted(store: Store) -> int:
    with store.catalogue.reading() as rows:
        assert rows.statistics is not None
        return rows.statistics.corpus.passages
