from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from assistant.conversation.conversations import Conversations
from index.ingest import index
from index.store import Store
from tests.web.making import COUNCIL, send


def stale_in(client: FlaskClient) -> dict[str, bool]:
    listed = client.get("/documents").get_json()["documents"]
    return {document["path"]: document["stale"] for document in listed}


def ask(client: FlaskClient, question: str = "Where did the council meet?", **more: str) -> Any:
    return client.post("/ask", json={"question": question, **more}).get_json()


def shown_again(client: FlaskClient, conversation: str) -> list[bool]:
    """Whether each citation and other answer of a conversation is stale, as it is shown now."""
    replies = client.get(f"/conversations/{conversation}").get_json()["replies"]
    cited = [cited for reply in replies for cited in reply["citations"]]
    others = [other["citation"] for reply in replies for other in reply["alternatives"]]
    return [citation["stale"] for citation in cited + others]


def test_what_is_as_it_was_indexed_is_not_stale(own_client: FlaskClient) -> None:
    send(own_client, "notes.md", b"The council met in Rome again.\n")
    assert stale_in(own_client) == {
        "council.md": False,
        "script.txt": False,
        "treaty.pdf": False,
        "notes.md": False,
    }
    assert ask(own_client)["citations"][0]["stale"] is False


def test_a_changed_file_is_stale_until_it_is_indexed_again(
    own_client: FlaskClient, own_folder: Path, own_store: Store
) -> None:
    (own_folder / "council.md").write_text(COUNCIL.replace("May 2002", "June 2002"))
    assert [path for path, stale in stale_in(own_client).items() if stale] == ["council.md"]
    (citation,) = ask(own_client)["citations"]
    assert (citation["path"], citation["stale"]) == ("council.md", True)
    assert ask(own_client, "What is the key?")["citations"][0]["stale"] is False
    list(index(own_store, [own_folder], embedder=None))
    assert not any(stale_in(own_client).values())
    assert ask(own_client)["citations"][0]["stale"] is False


def test_a_change_that_keeps_size_and_time_is_seen(
    own_client: FlaskClient, own_folder: Path
) -> None:
    before = (own_folder / "council.md").stat()
    (own_folder / "council.md").write_text(COUNCIL.replace("2002", "1997"))
    os.utime(own_folder / "council.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stale_in(own_client)["council.md"] is True


def test_a_file_that_is_gone_is_stale(own_client: FlaskClient, own_folder: Path) -> None:
    (own_folder / "council.md").unlink()
    assert stale_in(own_client)["council.md"] is True
    assert ask(own_client)["citations"][0]["stale"] is True


def test_a_file_that_is_sent_again_is_no_longer_stale(
    own_client: FlaskClient, own_store: Store
) -> None:
    send(own_client, "notes.md", b"One.\n")
    (own_store.folder / "uploads" / "notes.md").write_text("Two.\n")
    assert stale_in(own_client)["notes.md"] is True
    assert send(own_client, "notes.md", b"Three.\n").get_json()["stale"] is False
    assert stale_in(own_client)["notes.md"] is False


def test_other_answers_say_so_too(own_client: FlaskClient, own_folder: Path) -> None:
    send(own_client, "notes.md", b"The town was chosen because only Rome had a hall.\n")
    (own_folder / "council.md").unlink()
    reply = ask(own_client, "Which town was chosen?")
    told = {
        (other["citation"]["path"], other["citation"]["stale"]) for other in reply["alternatives"]
    }
    cited = {(citation["path"], citation["stale"]) for citation in reply["citations"]}
    assert told | cited == {("council.md", True), ("notes.md", False)}
    assert told


def test_an_answer_shown_again_is_stale_once_its_document_was_read_anew(
    own_client: FlaskClient, own_folder: Path, own_store: Store
) -> None:
    first = ask(own_client, conversation_id="read anew")
    assert first["passages"][0]["source_sha256"] == first["citations"][0]["source_sha256"]
    assert shown_again(own_client, "read anew") == [False]
    (own_folder / "council.md").write_text("Preface.\n\n" + COUNCIL)
    list(index(own_store, [own_folder], embedder=None))
    ask(own_client, conversation_id="read anew")
    assert shown_again(own_client, "read anew") == [True, False]


def test_an_answer_shown_again_is_stale_once_its_document_is_gone(own_client: FlaskClient) -> None:
    sent = send(own_client, "notes.md", b"The town was chosen because only Rome had a hall.\n")
    ask(own_client, "Which town was chosen?", conversation_id="gone")
    assert set(shown_again(own_client, "gone")) == {False}
    own_client.delete(f"/documents/{sent.get_json()['id']}")
    assert set(shown_again(own_client, "gone")) == {True, False}


def test_passages_kept_without_the_hash_of_their_source_are_shown_again(
    own_client: FlaskClient, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(own_client, conversation_id="old")
    summary, (turn,) = conversations.read("old")
    for near in turn.reply["passages"]:
        del near["source_sha256"]
    monkeypatch.setattr(conversations, "read", lambda _: (summary, (turn,)))
    reply = own_client.get("/conversations/old").get_json()["replies"][0]
    assert {near["source_sha256"] for near in reply["passages"]} == {None}
