"""Exchange rates at the desk: known, recorded from a publication, corrected one by one."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.exchange.queries import exchange_rates
from support.desk import Desk, Page, desk_of
from support.world import World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole
HISTORY = (Path(__file__).parents[1] / "exchange" / "eurofxref-hist.csv").read_bytes()


def _sent(desk: Desk, content: bytes, **fields: str) -> Page:
    file = SimpleUploadedFile("eurofxref-hist.csv", content)
    named = {f"file-{name}": value for name, value in fields.items()}
    return desk.post("rates-import", **{"file-publication": file, **named})


def _rows() -> int:
    with entered(OFFICE):
        return exchange_rates(OFFICE).count()


def test_the_page_says_what_is_known_and_keeps_what_was_corrected(world: World) -> None:
    page = desk_of(world, FINANCE).get("rates")
    assert page.heading == "Exchange rates are known through 9 October 2026"
    assert page.has("One euro on 9 October 2026 USD 1.0853")
    assert page.has("9 Oct 2026 USD 1.0853 in force by hand", "9 Oct 2026 USD 1.0835 corrected since by hand")
    narrowed = desk_of(world, FINANCE).get("rates", state="False")
    assert narrowed.has("1 found", "1.0835")


def test_a_publication_is_recorded_once_all_together(own_world: World) -> None:
    desk = desk_of(own_world, FINANCE)
    page = desk.follow(_sent(desk, HISTORY))
    # 17 rates, one of which was known.
    assert page.has("Exchange rates: 16 new, 0 corrected, 1 known before.")
    assert page.has("CHF 0.9381 GBP 0.8512 JPY 163.21 USD 1.0853", "31 Dec 2010 EEK 15.6466 in force")
    assert desk.follow(_sent(desk, HISTORY)).has("Exchange rates: 0 new, 0 corrected, 17 known before.")
    file = desk.get("rates", currency="EEK", export="csv").html.splitlines()
    assert file[0].endswith("Day,Currency,One euro,State,Source,Recorded")
    assert file[1].startswith("2010-12-31,EEK,15.6466,in force,file eurofxref-hist.csv,")
    recorded = datetime.fromisoformat(file[1].rsplit(",", 1)[1])
    assert recorded.astimezone(now().tzinfo).date() == now().date()


def test_a_faulty_publication_is_refused_with_every_fault(world: World) -> None:
    desk, before = desk_of(world, FINANCE), _rows()
    faulty = HISTORY.replace(b"163.21", b"about 160").replace(b"2026-10-08", b"2026-10-18")
    page = _sent(desk, faulty)
    assert page.status == 422
    assert page.has(
        "There are 2 faults, so no rate was recorded",
        "line 2, JPY: 'about 160' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 3: 18 October 2026 is after today, 12 October 2026",
    )
    assert _sent(desk, b"").status == 422
    assert desk.post("rates-import").has("This field is required.")
    assert _rows() == before


def test_what_is_known_otherwise_is_refused_until_it_is_to_be_corrected(own_world: World) -> None:
    desk, before = desk_of(own_world, FINANCE), _rows()
    other = HISTORY.replace(b"1.0853", b"1.0900")
    page = _sent(desk, other)
    assert page.status == 409
    assert page.has("A rate is known otherwise", "9 Oct 2026, USD: 1.0853 is known, 1.09 is given")
    assert _rows() == before
    assert desk.follow(_sent(desk, other, correct="on")).has("Exchange rates: 16 new, 1 corrected.")


def test_one_rate_is_corrected_with_its_reason(own_world: World) -> None:
    desk = desk_of(own_world, FINANCE)
    sent = {
        "rate-currency": "usd",
        "rate-day": "2026-10-09",
        "rate-per_euro": "1.0911",
        "rate-source": "misread",
    }
    page = desk.follow(desk.post("rate-record", **sent))
    assert page.has("Exchange rates: 0 new, 1 corrected.", "9 Oct 2026 USD 1.0911 in force misread")
    assert desk.get("today").has("1 exchange rate through 9 October 2026 recorded")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rate-per_euro": "1,09"}, "'1,09' is no rate"),
        ({"rate-day": "2026-10-13"}, "13 October 2026 is after today"),
        ({"rate-currency": "US$"}, "Write the three letters of its code, such as USD."),
        ({"rate-source": ""}, "This field is required."),
    ],
)
def test_one_rate_that_is_none_is_refused(world: World, changed: dict[str, str], says: str) -> None:
    before = _rows()
    sent = {"rate-currency": "USD", "rate-day": "2026-10-09", "rate-per_euro": "1.1", "rate-source": "x"}
    page = desk_of(world, FINANCE).post("rate-record", **sent | changed)
    assert page.status == 422
    assert page.has(says)
    assert _rows() == before


def test_who_may_not_sees_no_rates(world: World) -> None:
    for role in (MANAGER, SELLER):
        desk = desk_of(world, role)
        assert desk.get("rates").status == 403
        assert not desk.get("today").offers("desk:rates")
