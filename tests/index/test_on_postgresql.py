"""What several machines, and a server that may be gone, ask of an index on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import text as sql

from index.catalogue.entries import Root
from index.catalogue.ledger import Plan
from index.embedding import Embedder
from index.errors import (
    ConfigurationError,
    IndexFolderError,
    IndexLockedError,
    IndexMissingError,
)
from index.store import Store
from index.store.mending import mend
from tests.index.five_towns import fill, remove, towns
from tests.postgresql import Server

pytestmark = pytest.mark.scale
Machine = Callable[[str], Store]


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


@pytest.fixture
def on_machine(tmp_path: Path, embedder: Embedder, url: str) -> Iterator[Machine]:
    """Open the index as machines do that share nothing but the server."""
    with ExitStack() as opened:

        def open_on(machine: str) -> Store:
            store = Store.open(
                tmp_path / machine, embedder_name=embedder.name, create=True, catalogue=url
            )
            return opened.enter_context(store)

        yield open_on


def test_machines_see_what_each_other_commits(on_machine: Machine, embedder: Embedder) -> None:
    one, other = on_machine("one"), on_machine("other")
    fill(one, embedder)
    assert towns(other, embedder)[0] == "Prague"
    remove(other, "Prague")
    assert "Prague" not in towns(one, embedder)
    assert one.generation == other.generation


def test_caches_of_one_machine_are_brought_forward_after_another_saved_its_own(
    on_machine: Machine, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    fill(on_machine("one"), embedder)
    with on_machine("other") as other:
        assert towns(other, embedder)[0] == "Prague"
    one = on_machine("one")
    remove(one, "Rome")
    one.close()
    caplog.clear()
    with on_machine("other") as other:
        assert "Rome" not in towns(other, embedder)
    assert "rebuilt" not in caplog.text


def test_index_folder_holds_no_catalogue(
    on_machine: Machine, embedder: Embedder, tmp_path: Path
) -> None:
    with on_machine("one") as store:
        fill(store, embedder)
        towns(store, embedder)
    assert {path.name for path in (tmp_path / "one").iterdir()} == {"keywords", "vectors.faiss"}


def test_writers_on_other_machines_are_told_who_writes(on_machine: Machine) -> None:
    one, other = on_machine("one"), on_machine("other")
    told = pytest.raises(IndexLockedError, match=r"process \d+ on \S+ is writing")
    with one.writing(), one.writing(), told, other.writing():
        pass
    with other.writing():
        pass


def cut_off_the_holder(store: Store) -> None:
    with store.catalogue._database.writing() as connection:
        holders = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
        connection.execute(sql(holders + "application_name LIKE 'process %'"))


def test_holder_that_was_cut_off_commits_nothing_more(
    on_machine: Machine, embedder: Embedder
) -> None:
    store = on_machine("one")
    fill(store, embedder)
    with store.writing():
        cut_off_the_holder(store)
        with on_machine("other").writing():
            pass
        with pytest.raises(IndexLockedError, match="was lost"):
            remove(store, "Prague")
        with pytest.raises(IndexLockedError, match="was lost"):
            store.catalogue.forget_history(store.generation)
        with pytest.raises(IndexLockedError, match="was lost"), store.catalogue.ledger() as ledger:
            ledger.plan("a run", [Plan((("root", "a.txt"),))])
        with store.catalogue.ledger(is_read=True) as ledger:
            assert ledger.unfinished() == []
    assert towns(store, embedder)[0] == "Prague"
    remove(store, "Prague")
    assert "Prague" not in towns(store, embedder)


def test_holder_whose_machine_dies_blocks_nobody(on_machine: Machine, url: str) -> None:
    store = on_machine("one")
    code = (
        "import os, pathlib, sys\n"
        "from index.store import Store\n"
        "store = Store.open(pathlib.Path(sys.argv[1]), embedder_name=None, catalogue=sys.argv[2])\n"
        "with store.writing():\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(store.folder), url], check=False)
    assert killed.returncode == -9
    with store.writing():
        pass


def test_server_that_is_gone_is_said_to_be_and_used_again_when_it_is_back(
    on_machine: Machine, embedder: Embedder, postgresql: Server
) -> None:
    store = on_machine("one")
    fill(store, embedder)
    postgresql.stop()
    try:
        with pytest.raises(IndexFolderError, match="see that the server runs") as raised:
            towns(store, embedder)
        assert raised.type is IndexFolderError
    finally:
        postgresql.start()
    assert towns(store, embedder)[0] == "Prague"


def test_commit_that_the_server_does_not_live_to_see_is_no_commit(
    on_machine: Machine, embedder: Embedder, postgresql: Server
) -> None:
    store = on_machine("one")
    fill(store, embedder)

    def commit_in_vain() -> None:
        with store.writing(), store.commit() as changes:
            changes.remove([summary.id for summary in changes.documents()])
            postgresql.stop()

    try:
        with pytest.raises(IndexFolderError, match="see that the server runs"):
            commit_in_vain()
    finally:
        postgresql.start()
    assert len(store.documents()) == 5
    remove(store, "Prague")
    assert store.verify() == ()


def test_user_without_rights_is_told_so(
    on_machine: Machine, tmp_path: Path, url: str, embedder: Embedder
) -> None:
    store = on_machine("one")
    fill(store, embedder)
    with store.catalogue._database.writing() as connection:
        connection.execute(sql("DROP ROLE IF EXISTS reader"))
        connection.execute(sql("CREATE ROLE reader LOGIN"))
        connection.execute(sql("GRANT USAGE ON SCHEMA catalogue TO reader"))
        connection.execute(sql("GRANT SELECT ON ALL TABLES IN SCHEMA catalogue TO reader"))
    theirs = url.replace("postgres@", "reader@")
    with Store.open(tmp_path / "other", embedder_name=None, catalogue=theirs) as reader:
        assert len(reader.documents()) == 5
        with pytest.raises(IndexFolderError, match=r"permission denied.*let its user"):
            remove(reader, "Rome")
    with store.catalogue._database.writing() as connection:
        connection.execute(sql("DROP OWNED BY reader"))
        connection.execute(sql("DROP ROLE reader"))


def test_path_of_a_root_that_is_too_long_is_said_to_be(on_machine: Machine, tmp_path: Path) -> None:
    store = on_machine("one")
    folder = tmp_path.joinpath(*(token_hex(100) for _ in range(17)))
    told = pytest.raises(IndexFolderError, match="a path is too long for the server")
    with told, store.writing(), store.commit() as changes:
        changes.add_root(Root("long", folder))


def test_why_a_server_lets_nobody_in_is_said(
    on_machine: Machine, tmp_path: Path, url: str, postgresql: Server
) -> None:
    database = on_machine("one").catalogue._database
    with database.writing() as connection:
        connection.execute(sql("DROP ROLE IF EXISTS guest"))
        connection.execute(sql("CREATE ROLE guest LOGIN PASSWORD 'right'"))
    name = url.split("/")[3].split("?")[0]
    there = f"127.0.0.1:{postgresql.port}"
    told = {
        f"guest:wrong@{there}/{name}": "give the right user and password",
        f"nobody:right@{there}/{name}": "give the right user and password",
        f"guest@{there}/{name}": "give the password in PGPASSWORD",
        f"guest:right@{there}/none": "make the database",
    }
    for place, words in told.items():
        with pytest.raises(IndexFolderError, match=words) as raised:
            Store.open(tmp_path / "other", embedder_name=None, catalogue=f"postgresql://{place}")
        assert "right@" not in str(raised.value)
    with database.writing() as connection:
        connection.execute(sql("DROP ROLE guest"))


@pytest.mark.parametrize("option", ["passwrd=secret", "connect_timeout=soon", "sslmode=sometimes"])
def test_option_that_the_driver_does_not_take_is_a_mistake_in_the_setting(
    tmp_path: Path, url: str, option: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"correct what follows the `\?`"):
        Store.open(tmp_path, embedder_name=None, catalogue=f"{url}&{option}")


def test_reading_that_the_server_ended_is_said_to_be(on_machine: Machine) -> None:
    database = on_machine("one").catalogue._database

    def dawdle() -> None:
        with database.reading() as connection:
            connection.execute(sql("SET idle_in_transaction_session_timeout = 50"))
            time.sleep(0.5)
            connection.execute(sql("SELECT 1"))

    with pytest.raises(IndexFolderError, match="see that the server runs"):
        dawdle()


def test_database_that_lost_a_table_is_damaged(on_machine: Machine, embedder: Embedder) -> None:
    with on_machine("one") as store:
        fill(store, embedder)
    other = on_machine("other")
    with other.catalogue._database.writing() as connection:
        connection.execute(sql("DROP TABLE vectors"))
    [problem] = other.verify()
    assert "does not exist: restore the database" in problem


def test_repair_makes_caches_anew_and_leaves_a_damaged_database_as_it_is(
    on_machine: Machine, embedder: Embedder, url: str
) -> None:
    with on_machine("one") as store:
        fill(store, embedder)
    (store.folder / "vectors.faiss").unlink()
    assert mend(store.folder, url) == []
    assert (store.folder / "vectors.faiss").exists()
    with on_machine("one").catalogue._database.writing() as connection:
        connection.execute(sql("UPDATE documents SET title = 'another'"))
    [said] = mend(store.folder, url)
    assert "restore the database from a backup" in said


def test_password_is_told_to_nobody(tmp_path: Path) -> None:
    for setting in (
        f"postgresql://me:secret@/none?host={tmp_path}",
        f"postgresql://me@/none?host={tmp_path}&password=secret",
    ):
        with pytest.raises(IndexFolderError, match="postgresql://me@") as raised:
            Store.open(tmp_path, embedder_name=None, catalogue=setting)
        assert "secret" not in "".join(traceback.format_exception(raised.value))


def test_database_without_an_index_is_said_to_have_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(IndexMissingError, match=r"\(catalogue\): make one"):
        Store.open(tmp_path, embedder_name=None, catalogue=url)


def test_database_of_another_encoding_is_refused(
    tmp_path: Path, url: str, on_machine: Machine
) -> None:
    with on_machine("one").catalogue._database._backend._engine.connect() as connection:  # type: ignore[attr-defined]
        connection.execution_options(isolation_level="AUTOCOMMIT")
        options = "ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        connection.execute(sql(f"CREATE DATABASE latin {options}"))
    other = url.replace(url.split("/")[3].split("?")[0], "latin")
    with pytest.raises(ConfigurationError, match="encoding is LATIN1"):
        Store.open(tmp_path, embedder_name=None, catalogue=other)
