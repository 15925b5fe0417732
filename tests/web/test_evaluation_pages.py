from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from assistant.evaluation.report import policy, render
from assistant.evaluation.runs import keep
from index.store import Store
from tests.assistant.evaluation.made_runs import run
from tests.web.reading import elements, text_of

NAME = "20261122T152000Z-dev.jsonl"


def test_without_runs_the_page_says_how_to_make_one(own_client: FlaskClient) -> None:
    reply = own_client.get("/evaluation")
    assert reply.status_code == 200
    assert "assistant evaluate questions.jsonl" in reply.text


def test_kept_runs_are_listed_with_a_trend(own_client: FlaskClient, own_store: Store) -> None:
    made = run()
    keep(own_store.folder, made)
    keep(
        own_store.folder,
        made | {"settings": made["settings"] | {"started_at": "2026-11-23T15:20:00+00:00"}},
    )
    page = own_client.get("/evaluation").text
    addresses = [link.get("href") for link in elements(page, "a")]
    assert [address for address in addresses if address and NAME[16:] in address] == [
        f"/evaluation/20261123T152000Z{NAME[16:]}",
        f"/evaluation/{NAME}",
    ]
    assert "/" in addresses
    assert [text_of(each) for each in elements(page, "h3")] == ["dev.jsonl"]


def test_the_report_of_a_run_is_the_one_that_is_written_to_a_file(
    own_client: FlaskClient, own_store: Store
) -> None:
    made = run()
    keep(own_store.folder, made)
    reply = own_client.get(f"/evaluation/{NAME}")
    assert reply.status_code == 200
    assert reply.mimetype == "text/html"
    assert reply.text == render(made, back="/evaluation")


@pytest.mark.parametrize("address", ["/evaluation", f"/evaluation/{NAME}"])
def test_reports_may_run_their_own_script_alone(
    own_client: FlaskClient, own_store: Store, address: str
) -> None:
    keep(own_store.folder, run())
    headers = own_client.get(address).headers
    assert headers["Content-Security-Policy"] == f"{policy()}; frame-ancestors 'none'"
    assert "unsafe" not in policy()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sha256" not in own_client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "..%2fcatalogue.sqlite",
        "../catalogue.sqlite",
        "..%2f..%2fsecret",
        "%2e%2e%2f%2e%2e%2fsecret",
        "*",
        "%00",
        f"{NAME}.json",
        f"runs%2f{NAME}",
    ],
)
def test_no_other_name_leads_to_a_run_or_out_of_the_folder(
    own_client: FlaskClient, own_store: Store, tmp_path: Path, name: str
) -> None:
    kept = keep(own_store.folder, run())
    (tmp_path / "secret.json").write_bytes(kept.read_bytes())
    assert own_client.get(f"/evaluation/{name}").status_code == 404


def test_a_damaged_run_is_passed_over_in_the_list_and_fails_alone(
    own_client: FlaskClient, own_store: Store
) -> None:
    kept = keep(own_store.folder, run())
    kept.with_name("damaged.json").write_text("{")
    assert "damaged" not in own_client.get("/evaluation").text
    assert own_client.get("/evaluation/damaged").status_code == 500
    assert own_client.get(f"/evaluation/{NAME}").status_code == 200
