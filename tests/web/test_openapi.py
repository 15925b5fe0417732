from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from tests.web.making import COUNCIL_ID
from web.errors import CODES


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").get_json()
    return document


def check(described: dict[str, Any], name: str, body: object) -> None:
    """Validate a body against one of the described schemas."""
    OAS31Validator(
        {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    ).validate(body)


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)


def test_every_address_of_the_interface_is_described(app: Flask, described: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("pages.", "evaluation.", "static"))
        and rule.rule != "/openapi.json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    paths = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert paths == routes


def test_the_statuses_described_have_stable_codes(described: dict[str, Any]) -> None:
    statuses = {
        int(status)
        for methods in described["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert statuses - {200, 201, 204} <= set(CODES)


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/documents", "DocumentList"),
        (f"/documents/{COUNCIL_ID}?ranges=2-5", "DocumentDetail"),
        ("/health", "Health"),
        ("/ready", "ErrorBody"),
        ("/documents/nowhere", "ErrorBody"),
        ("/ask", "ErrorBody"),
    ],
)
def test_what_is_sent_is_as_described(
    client: FlaskClient, described: dict[str, Any], address: str, schema: str
) -> None:
    check(described, schema, client.get(address).get_json())


@pytest.mark.parametrize("question", ["Where did the council meet?", "Who won?"])
def test_an_answer_is_as_described(
    client: FlaskClient, described: dict[str, Any], question: str
) -> None:
    body = {"question": question, "top_k": 3, "max_error": 0.5, "conversation_id": "mine"}
    check(described, "AskRequest", body)
    check(described, "AskResponse", client.post("/ask", json=body).get_json())


def test_the_schemas_leave_no_room_for_unknown_fields(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        assert schema.get("additionalProperties") is False or "enum" in schema


def test_the_limit_and_missing_weights_are_described(described: dict[str, Any]) -> None:
    assert {"429", "503"} <= set(described["paths"]["/ask"]["post"]["responses"])
    assert "503" in described["paths"]["/documents"]["post"]["responses"]
    assert "503" not in described["paths"]["/documents"]["get"]["responses"]


def test_what_who_is_not_let_in_is_told_is_described(described: dict[str, Any]) -> None:
    told = {"401", "403", "429"}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            is_open = path in ("/health", "/ready")
            assert told <= set(operation["responses"]) or is_open
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_pages_are_described_from_1(described: dict[str, Any]) -> None:
    operation = described["paths"]["/documents/{document_id}/pages/{number}.png"]["get"]
    (number,) = [given for given in operation["parameters"] if given["name"] == "number"]
    assert number["schema"] == {"type": "integer", "minimum": 1}
