"""The river as far as import-linter does not see it: our own kind of wall, and the foreign keys."""

from configparser import ConfigParser
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.models import Field

from walls import OwnRoomContract


def _rooms() -> list[str]:
    """Upstream first, as the walls state them."""
    walls = ConfigParser()
    walls.read(Path(__file__).parent.parent / ".importlinter")
    layers = walls["importlinter:contract:river"]["layers"].split("\n")
    return [room.strip() for layer in reversed(layers) for room in layer.split("|") if room.strip()]


def _foreign_keys() -> list[Field]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("ofrecord.")]
    keys = [field for model in ours for field in model._meta.get_fields() if isinstance(field, Field)]
    # allauth and Django's own permissions add theirs to whatever model signs in; those rooms are not ours.
    return [field for field in keys if field.remote_field and field.model.__module__.startswith("ofrecord.")]


def _room(model: type) -> str:
    return model.__module__.split(".")[1]


def test_foreign_keys_point_upstream() -> None:
    order = _rooms().index
    for key in _foreign_keys():
        target = key.related_model
        if target.__module__.startswith("ofrecord."):
            assert order(_room(target)) <= order(_room(key.model)), f"{key} points downstream"


def test_no_model_knows_who_points_at_it() -> None:
    for key in _foreign_keys():
        if _room(key.model) != "access":
            assert key.remote_field.related_name == "+", f"{key} needs related_name='+'"


@pytest.mark.parametrize(
    ("importer", "imported", "is_kept"),
    [
        ("ofrecord.orders.queries", "ofrecord.orders.models", True),
        ("ofrecord.orders.models", "ofrecord.partners.models", True),
        ("ofrecord.orders.queries", "ofrecord.partners.models", False),
        ("ofrecord.web.orders", "ofrecord.partners.models", False),
    ],
)
def test_a_room_keeps_its_models_to_itself(importer: str, imported: str, is_kept: bool) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="from … import …")
    options = {"part": "models", "importing_parts": ["models"]}
    contract = OwnRoomContract("models", {}, options)
    assert contract.check(graph, verbose=False).kept == is_kept
