"""The API's document: valid, with examples, and saying how each no looks."""

from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_a_valid_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_names_its_permission_or_needs_none(document: dict[str, Any]) -> None:
    unnamed = [path for path, _, op in _operations(document) if "x-permission" not in op]
    assert unnamed == ["/api/v1/self"]


def test_every_write_says_that_it_takes_a_key(document: dict[str, Any]) -> None:
    writes = [(path, op) for path, method, op in _operations(document) if method == "post"]
    without = [
        path for path, op in writes if all(p["name"] != "Idempotency-Key" for p in op.get("parameters", []))
    ]
    # Foreseeing changes nothing, so there is nothing to do twice.
    assert without == ["/api/v1/orders/foresee"]


def test_every_body_that_is_sent_has_examples(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path, _, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            fields = schemas[name]["properties"].values()
            assert any("examples" in field for field in fields), f"{path}: {name} shows no example"


def test_the_documentation_is_served_from_here(db: None) -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert b"https://" not in page.content
