"""Exchange rates and pools, as the vendor's own programs record and read them."""

from typing import Any

import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Permission, VendorRole
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation, publish_program

from .conftest import FIRST_DAY, PASSWORD, PROGRAMS, Api, _api, _reader

USD = {"currency": "USD", "day": "2026-08-31", "per_euro": "1.0853"}


@pytest.fixture
def pooling(db: None) -> Api:
    """The client of a channel chief whose program has the pool advertising."""
    found_installation.found(mode="demonstration", day=FIRST_DAY)
    chief = found_installation.add_colleague(
        at=now(),
        name="Morgan Reyes",
        email="morgan@northwind.example",
        password=PASSWORD,
        role=VendorRole.CHANNEL_CHIEF,
    )
    whole = (PROGRAMS / "online-services-2009.toml").read_text()
    document = whole.replace("[program]\n", '[program]\npools = ["advertising"]\n', 1).encode()
    with entered(OFFICE):
        publish_program.publish(reader=_reader(chief), at=now(), document=document)
    return _api(_reader(chief))


def post(api: Api, rates: list[dict[str, str]], *, key: str = "", **more: Any) -> Any:
    return api.call("POST", "/rates", {"rates": rates, "source": "nightly feed", **more}, key=key)


def test_rates_are_recorded_once_and_read_exactly(vendor: Api) -> None:
    jpy = {"currency": "JPY", "day": "2026-08-31", "per_euro": "163.21"}
    assert post(vendor, [USD, jpy]).json() == {"added": 2, "corrected": [], "known": 0}
    assert post(vendor, [USD, jpy]).json() == {"added": 0, "corrected": [], "known": 2}
    [found] = vendor.get("/rates?currency=JPY&day=2026-08-31&in_force=true")["items"]
    assert {name: found[name] for name in ("currency", "day", "per_euro", "revision", "source")} == {
        **jpy,
        "revision": 1,
        "source": "nightly feed",
    }


def test_a_rate_that_is_known_otherwise_is_corrected_only_when_that_is_asked_for(vendor: Api) -> None:
    post(vendor, [USD])
    other = {**USD, "per_euro": "1.0835"}
    answer = post(vendor, [other])
    assert (answer.status_code, answer.json()["code"]) == (409, "rates-differ")
    assert answer.json()["data"]["changes"] == [
        {"currency": "USD", "day": "2026-08-31", "known": "1.0853000000", "given": "1.0835"}
    ]
    assert post(vendor, [other], correct=True).json()["corrected"] == [
        {"currency": "USD", "day": "2026-08-31", "former": "1.0853", "per_euro": "1.0835"}
    ]
    assert [
        (rate["revision"], rate["per_euro"], rate["is_in_force"]) for rate in vendor.get("/rates")["items"]
    ] == [(2, "1.0835", True), (1, "1.0853", False)]


def test_a_key_gives_the_first_answer_again(vendor: Api) -> None:
    first = post(vendor, [USD], key="feed-1")
    again = post(vendor, [USD], key="feed-1")
    assert again.json() == first.json() == {"added": 1, "corrected": [], "known": 0}
    assert again.headers["Idempotent-Replayed"] == "true"


def test_every_fault_is_told_and_nothing_recorded(vendor: Api) -> None:
    answer = post(
        vendor, [USD, {**USD, "currency": "EUR"}, {**USD, "day": "2026-09-02"}, {**USD, "per_euro": "-1"}]
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "rates-faulty")
    assert [fault["place"] for fault in answer.json()["data"]["faults"]] == ["rate 2", "rate 3", "rate 4"]
    assert post(vendor, []).status_code == 422
    assert post(vendor, [{**USD, "per_euro": 1.0853}]).status_code == 422  # type: ignore[dict-item]
    assert vendor.get("/rates")["items"] == []


def put(api: Api, amount: str, key: str = "", **changed: Any) -> Any:
    body = {
        "pool": "advertising",
        "month": "2026-08",
        "amount": {"amount": amount, "currency": "USD"},
        "reason": "Advertising revenue of August",
    }
    return api.call("POST", "/pools", body | changed, key=key)


def test_what_was_pooled_adds_up_and_is_corrected_by_a_further_amount(pooling: Api) -> None:
    assert put(pooling, "48000.00").json() == {
        "pool": "advertising",
        "month": "2026-08",
        "holds": {"amount": "48000.00", "currency": "USD", "minor": 4_800_000},
    }
    first, again = (put(pooling, "-0.50", key="october") for _ in range(2))
    assert first.status_code == 201
    assert first.json() == again.json()
    assert first.json()["holds"]["amount"] == "47999.50"
    items = pooling.get("/pools?pool=advertising&month=2026-08-01")["items"]
    assert [item["amount"]["amount"] for item in items] == ["-0.50", "48000.00"]
    assert pooling.get("/pools?month=2026-07-01")["items"] == []


@pytest.mark.parametrize(
    ("amount", "changed", "status", "code"),
    [
        ("-0.01", {}, 409, "pool-below-zero"),
        ("0.00", {}, 422, "nothing-pooled"),
        ("0.001", {}, 422, "request-malformed"),
        ("1.00", {"pool": "search"}, 422, "pool-unknown"),
        ("1.00", {"month": "2009-03"}, 422, "month-before-program"),
        ("1.00", {"month": "2026-10"}, 422, "month-to-come"),
        ("1.00", {"reason": " "}, 422, "reason-missing"),
    ],
)
def test_what_cannot_be_pooled_is_refused(
    pooling: Api, amount: str, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = put(pooling, amount, **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert pooling.get("/pools")["items"] == []


def test_a_partner_and_who_was_not_given_it_are_refused(harbor: Api, vendor: Api) -> None:
    reading = _api(vendor.reader, frozenset({Permission.RATES_READ, Permission.POOLS_READ}))
    assert reading.get("/rates")["items"] == reading.get("/pools")["items"] == []
    for api in (harbor, reading):
        assert post(api, [USD]).status_code == 403
        assert put(api, "1.00").status_code == 403
    for path in ("/rates", "/pools"):
        assert harbor.call("GET", path).status_code == 403
