"""What a preview says above its lines of what is not certain yet."""

from pathlib import Path

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.flows.preview_month import preview
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.web.preview_lines import told
from support import story
from support.story import CHIEF, at

pytestmark = pytest.mark.django_db


def test_lines_that_wait_for_a_rate_are_counted_above_the_list(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-17"), partner_id=harbor.id, currency="EUR")
    with entered(harbor.reader.scope):
        found = preview(reader=harbor.reader, at=at("2009-05-01"))
    assert found is not None
    (figures,) = told(found)
    assert figures.expected.endswith(
        "1 line waits for an exchange rate into EUR: not in it, and due with the close after the rate is recorded."
    )
