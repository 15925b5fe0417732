from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.answering import Assistant
from assistant.conversation.conversations import Conversations
from index.store import Store
from tests.web.making import QuoteReader, WaitingEmbedder, fill, send
from web import Limits, create_app

NOTES = b"# Notes\n\nThe council met in Rome again, and the notes say so.\n"
OTHER = b"# Other notes\n\nNobody came.\n"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def uploads(own_store: Store) -> Path:
    return own_store.folder / "uploads"


def names_in(client: FlaskClient) -> list[str]:
    return [document["path"] for document in client.get("/documents").get_json()["documents"]]


def ask(client: FlaskClient, *document_ids: str) -> Any:
    body = {"question": "Where did the council meet?", "documents": document_ids}
    return client.post("/ask", json=body).get_json()


def test_a_file_that_is_sent_is_kept_and_listed(own_client: FlaskClient, uploads: Path) -> None:
    response = send(own_client, "notes.md", NOTES)
    assert response.status_code == 201
    held = response.get_json()
    assert (uploads / "notes.md").read_bytes() == NOTES
    assert (held["root"], held["path"], held["title"]) == ("uploads", "notes.md", "Notes")
    assert (held["size"], held["passages"], held["pages"]) == (len(NOTES), 1, 0)
    assert held["sha256"] == sha256(NOTES).hexdigest()
    assert (held["uploaded"], held["stale"]) == (True, False)
    listed = own_client.get("/documents").get_json()
    assert listed["documents"][-1] == held
    assert [document["uploaded"] for document in listed["documents"]] == [False] * 3 + [True]


def test_a_file_that_is_sent_is_answered_from_at_once(own_client: FlaskClient) -> None:
    document_id = send(own_client, "notes.md", NOTES).get_json()["id"]
    (citation,) = ask(own_client, document_id)["citations"]
    assert (citation["quote"], citation["title"]) == ("Rome", "Notes")
    source = own_client.get(f"/documents/{document_id}/source").get_data()
    assert source == NOTES


def test_a_file_of_the_same_name_replaces_the_earlier_one(
    own_client: FlaskClient, uploads: Path
) -> None:
    first = send(own_client, "notes.md", NOTES).get_json()
    response = send(own_client, "notes.md", OTHER)
    assert response.status_code == 200
    second = response.get_json()
    assert (second["id"], second["title"]) == (first["id"], "Other notes")
    assert second["generation"] > first["generation"]
    assert (uploads / "notes.md").read_bytes() == OTHER
    assert names_in(own_client).count("notes.md") == 1
    assert ask(own_client, second["id"])["citations"] == []


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("picture.png", b"\x89PNG\r\n", 415, "unsupported_format"),
        ("noname", NOTES, 415, "unsupported_format"),
        ("empty.txt", b"", 422, "empty_document"),
        ("blank.txt", b" \n", 422, "empty_document"),
        ("broken.pdf", b"%PDF-1.4 and nothing more", 422, "damaged_document"),
        ("notes.pdf", NOTES, 422, "damaged_document"),
        ("locked.docx", LOCKED, 422, "encrypted_document"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(
    own_client: FlaskClient, own_store: Store, name: str, data: bytes, status: int, code: str
) -> None:
    before = own_store.generation
    response = send(own_client, name, data)
    assert response.status_code == status
    error = response.get_json()["error"]
    assert error["code"] == code
    assert error["message"].startswith(f"{name}: ")
    assert not (own_store.folder / "uploads").exists()
    assert (len(names_in(own_client)), own_store.generation) == (3, before)


def test_what_cannot_be_read_does_not_replace_what_could(
    own_client: FlaskClient, uploads: Path
) -> None:
    document_id = send(own_client, "notes.md", NOTES).get_json()["id"]
    assert send(own_client, "notes.md", b" ").status_code == 422
    assert (uploads / "notes.md").read_bytes() == NOTES
    assert ask(own_client, document_id)["answer"] == "Rome"
    assert own_client.get("/documents").get_json()["documents"][-1]["stale"] is False


@pytest.mark.parametrize(
    "given",
    [
        "../../notes.md",
        "/etc/notes.md",
        "C:/Users/me/notes.md",
        ".notes.md",
        "no\x00t\u202ees.md",
    ],
)
def test_the_name_of_a_file_leads_nowhere_else(
    own_client: FlaskClient, uploads: Path, given: str
) -> None:
    assert send(own_client, given, NOTES).get_json()["path"] == "notes.md"
    assert [path.name for path in uploads.iterdir()] == ["notes.md"]


def test_a_file_over_the_limit_is_refused_and_one_below_it_is_taken(
    own_store: Store, own_folder: Path, conversations: Conversations
) -> None:
    limits = Limits(largest_body=100, largest_file=1000)
    client = create_app(fill(own_store, own_folder), conversations, limits=limits).test_client()
    for size in (1001, 200_000):
        response = send(client, "large.txt", b"a " * (size // 2) + b"a" * (size % 2))
        assert response.status_code == 413
        assert response.get_json()["error"]["code"] == "oversized_document"
        assert "over the limit of 0.000953674 MiB" in response.get_json()["error"]["message"]
    assert send(client, "large.txt", b"word " * 200).status_code == 201
    assert client.post("/ask", json={"question": "q" * 200}).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": {}, "content_type": "multipart/form-data"}, 400),
        ({"data": {"file": "words"}, "content_type": "multipart/form-data"}, 400),
        ({"data": {"other": (BytesIO(NOTES), "notes.md")}}, 400),
        ({"data": {"file": [(BytesIO(NOTES), "a.md"), (BytesIO(NOTES), "b.md")]}}, 400),
        ({"data": NOTES, "content_type": "text/markdown"}, 415),
        ({"json": {"file": "words"}}, 415),
    ],
)
def test_a_request_without_exactly_one_file_is_malformed(
    own_client: FlaskClient, body: Any, status: int
) -> None:
    response = own_client.post("/documents", **body)
    assert response.status_code == status
    assert "file" in response.get_json()["error"]["message"]
    assert len(names_in(own_client)) == 3


def test_while_another_program_writes_a_file_is_refused_in_words_for_a_person(
    own_client: FlaskClient, own_store: Store
) -> None:
    with Store.open(own_store.folder, embedder_name=None) as other, other.writing():
        response = send(own_client, "notes.md", NOTES)
        assert response.status_code == 409
        error = response.get_json()["error"]
        assert error["code"] == "index_locked"
        assert "try again in a moment" in error["message"]
        assert str(os.getpid()) not in error["message"]
        assert str(own_store.folder) not in error["message"]
    assert not (own_store.folder / "uploads").exists()
    assert send(own_client, "notes.md", NOTES).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_may_not_send_files(own_client: FlaskClient, headers: dict[str, str]) -> None:
    assert send(own_client, "notes.md", NOTES, **headers).status_code == 403
    assert len(names_in(own_client)) == 3


@pytest.fixture
def embedder() -> WaitingEmbedder:
    return WaitingEmbedder()


@pytest.fixture
def waiting(
    tmp_path: Path, embedder: WaitingEmbedder, conversations: Conversations
) -> Iterator[Flask]:
    with Store.open(tmp_path / "waiting", embedder_name=embedder.name, create=True) as store:
        yield create_app(Assistant(store, embedder, QuoteReader()), conversations)


def test_answering_goes_on_while_a_file_is_indexed(
    waiting: Flask, embedder: WaitingEmbedder
) -> None:
    client = waiting.test_client()
    first = send(client, "first.md", b"The council met in Rome.\n").get_json()
    with ThreadPoolExecutor(max_workers=2) as thread:
        sending = thread.submit(send, waiting.test_client(), "notes.md", NOTES)
        assert embedder.waits.wait(timeout=30)
        reply = ask(client)
        assert (reply["answer"], reply["generation"]) == ("Rome", first["generation"])
        waits = thread.submit(send, waiting.test_client(), "third.md", OTHER)
        embedder.goes_on.set()
        second = sending.result().get_json()
        third = waits.result().get_json()
    reply = ask(client, second["id"])
    assert (reply["answer"], reply["mode"]) == ("Rome", "hybrid")
    assert reply["generation"] == second["generation"] + 1
    assert ask(client, third["id"])["abstained"]
