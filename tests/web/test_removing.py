from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index.events import Committed, Skipped
from index.ingest import index
from index.store import Store
from tests.web.making import COUNCIL_ID, SCRIPT_ID, send

NOTES = b"# Notes\n\nThe council met in Rome again.\n"


def names_in(client: FlaskClient) -> list[str]:
    return [document["path"] for document in client.get("/documents").get_json()["documents"]]


def test_a_file_that_was_sent_goes_with_its_document(
    own_client: FlaskClient, own_store: Store
) -> None:
    document_id = send(own_client, "notes.md", NOTES).get_json()["id"]
    response = own_client.delete(f"/documents/{document_id}")
    assert (response.status_code, response.get_data()) == (204, b"")
    assert list((own_store.folder / "uploads").iterdir()) == []
    assert names_in(own_client) == ["council.md", "script.txt", "treaty.pdf"]
    body = {"question": "Where did the council meet?", "documents": [document_id]}
    assert own_client.post("/ask", json=body).get_json()["error"]["code"] == "unknown_document"


def test_a_removed_file_can_be_sent_and_removed_again(own_client: FlaskClient) -> None:
    for _ in range(2):
        response = send(own_client, "notes.md", NOTES)
        assert response.status_code == 201
        assert "notes.md" in names_in(own_client)
        own_client.delete(f"/documents/{response.get_json()['id']}")
        assert "notes.md" not in names_in(own_client)


def test_a_file_of_the_users_own_folder_stays_and_is_left_out_until_it_is_named(
    own_client: FlaskClient, own_folder: Path, own_store: Store
) -> None:
    send(own_client, "council.md", NOTES)
    before = (own_folder / "council.md").read_bytes()
    assert own_client.delete(f"/documents/{COUNCIL_ID}").status_code == 204
    assert (own_folder / "council.md").read_bytes() == before
    assert (own_store.folder / "uploads" / "council.md").read_bytes() == NOTES
    events = list(index(own_store, [own_folder], embedder=None))
    assert any(isinstance(event, Skipped) and "by hand" in event.reason for event in events)
    assert names_in(own_client) == ["script.txt", "treaty.pdf", "council.md"]
    [told] = [
        event
        for event in index(own_store, [own_folder / "council.md"], embedder=None)
        if isinstance(event, Committed)
    ]
    assert told.document_id == COUNCIL_ID
    assert names_in(own_client)[0] == "council.md"


@pytest.mark.parametrize("name", ["nowhere", "documents", "council.md", "documents%2Fcouncil.md"])
def test_only_an_id_names_what_is_removed(own_client: FlaskClient, name: str) -> None:
    response = own_client.delete(f"/documents/{name}")
    assert response.status_code == 404
    assert len(names_in(own_client)) == 3


def test_nothing_is_removed_while_another_program_writes(
    own_client: FlaskClient, own_store: Store
) -> None:
    with Store.open(own_store.folder, embedder_name=None) as other, other.writing():
        response = own_client.delete(f"/documents/{SCRIPT_ID}")
        assert response.status_code == 409
        assert response.get_json()["error"]["code"] == "index_locked"
    assert len(names_in(own_client)) == 3


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}]
)
def test_another_site_may_not_remove_documents(
    own_client: FlaskClient, headers: dict[str, str]
) -> None:
    assert own_client.delete(f"/documents/{SCRIPT_ID}", headers=headers).status_code == 403
    assert len(names_in(own_client)) == 3
