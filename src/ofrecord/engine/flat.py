"""The history as flat tables, as a snapshot keeps it: no list in a row, so columns join and nothing is unfolded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.types import BilledFact, Credit, History, Receipt, Recognition
from ofrecord.kernel.calendar import Month, Span

_TEXT, _DAY, _MINOR, _COUNT = pa.string(), pa.date32(), pa.int64(), pa.int32()


def _schema(columns: Mapping[str, pa.DataType], *nullable: str) -> pa.Schema:
    """Every column has a value in every row, but for those named."""
    return pa.schema([pa.field(name, kind, nullable=name in nullable) for name, kind in columns.items()])


# The schema of each flat table, by its name. One row each: a line that was billed; what was taken back of one; the
# part of a payment that is for one; a partner's days on a subscription; a partner's days in a tier.
FLAT: Final[Mapping[str, pa.Schema]] = {
    "facts": _schema(
        {
            "invoice_line": _TEXT,
            "invoice": _TEXT,
            "invoice_day": _DAY,
            "subscription": _TEXT,
            "started_on": _DAY,
            "customer": _TEXT,
            "offer": _TEXT,
            "way": _TEXT,
            "region": _TEXT,
            "segment": _TEXT,
            "currency": _TEXT,
            "seats": _COUNT,
            "unit_price_minor": _MINOR,
            "billed_minor": _MINOR,
            "service_first": _DAY,
            "service_until": _DAY,
            "terms_sha256": _TEXT,
            "list_minor": _MINOR,
            "wholesale_minor": _MINOR,
            "first_seats": _COUNT,
            "deal": _TEXT,
            "commitment_months": _COUNT,
        },
        "list_minor",
        "wholesale_minor",
    ),
    "credits": _schema(
        {"id": _TEXT, "invoice_line": _TEXT, "kind": _TEXT, "day": _DAY, "amount_minor": _MINOR}
    ),
    "receipts": _schema({"id": _TEXT, "invoice_line": _TEXT, "day": _DAY, "amount_minor": _MINOR}),
    "recognitions": _schema(
        {
            "subscription": _TEXT,
            "partner": _TEXT,
            "role": _TEXT,
            "first": _DAY,
            "until": _DAY,
            "share_numerator": _MINOR,
            "share_denominator": _MINOR,
        },
        "until",
        "share_numerator",
        "share_denominator",
    ),
    "tiers": _schema({"partner": _TEXT, "first": _DAY, "until": _DAY, "tier": _TEXT}, "until"),
}
# What rooms tell one by one, from which the rows of `facts` are put together: what was billed, what was sold, the days
# of customers in a segment, and the price lists of the program versions. And each payment beside every line of its
# invoice, from which follows what of it is for which.
TOLD: Final[Mapping[str, pa.Schema]] = {
    "lines": _schema(
        {
            "invoice_line": _TEXT,
            "invoice": _TEXT,
            "invoice_day": _DAY,
            "subscription": _TEXT,
            "currency": _TEXT,
            "seats": _COUNT,
            "unit_price_minor": _MINOR,
            "billed_minor": _MINOR,
            "service_first": _DAY,
            "service_until": _DAY,
        }
    ),
    "sold": _schema(
        {
            "subscription": _TEXT,
            "started_on": _DAY,
            "customer": _TEXT,
            "offer": _TEXT,
            "way": _TEXT,
            "region": _TEXT,
            "terms_sha256": _TEXT,
            "first_seats": _COUNT,
            "deal": _TEXT,
            "commitment_months": _COUNT,
        }
    ),
    "payments": _schema(
        {
            "payment": _TEXT,
            "invoice": _TEXT,
            "day": _DAY,
            "paid_minor": _MINOR,
            "invoice_line": _TEXT,
            "number": _COUNT,
            "billed_minor": _MINOR,
            "currency": _TEXT,
        }
    ),
    "segments": _schema({"customer": _TEXT, "segment": _TEXT, "first": _DAY, "until": _DAY}, "until"),
    "prices": _schema(
        {
            "terms_sha256": _TEXT,
            "offer": _TEXT,
            "region": _TEXT,
            "first": _DAY,
            "until": _DAY,
            "list_minor": _MINOR,
            "list_currency": _TEXT,
            "wholesale_minor": _MINOR,
            "wholesale_currency": _TEXT,
            "rounding": _TEXT,
        },
        "until",
        "wholesale_minor",
        "wholesale_currency",
    ),
}
_PLAIN: Final = tuple(name for name in FLAT["facts"].names if not name.startswith("service_"))


def flat(history: History) -> dict[str, pa.Table]:
    """The history's facts as flat tables.

    A partner must have one tier on a day, and a line must name those who are recognized in the month of its invoice,
    as billing testifies to them.
    """
    facts = history.facts
    tiers = {
        (each.partner, fact.invoice_day): each.tier for fact in facts for each in fact.partners if each.tier
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "facts": [_fact_row(fact) for fact in facts],
        "credits": [_of_line(fact, each) | {"kind": each.kind} for fact in facts for each in fact.credits],
        "receipts": [_of_line(fact, each) for fact in facts for each in fact.receipts],
        "recognitions": list(
            {
                (fact.subscription, each.partner, each.role, each.span, each.share): _recognition_row(
                    fact, each
                )
                for fact in facts
                for each in fact.partners
            }.values()
        ),
        "tiers": [
            {"partner": partner, "first": day, "until": day + timedelta(days=1), "tier": tier}
            for (partner, day), tier in tiers.items()
        ],
    }
    return {name: table_of(FLAT[name], found) for name, found in rows.items()}


def table_of(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as columns of the schema, in the order given."""
    columns = [pa.array([row[field.name] for row in rows], type=field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _fact_row(fact: BilledFact) -> dict[str, Any]:
    row = {name: getattr(fact, name) for name in _PLAIN}
    return row | {"service_first": fact.service.first, "service_until": fact.service.until}


def _of_line(fact: BilledFact, each: Credit | Receipt) -> dict[str, Any]:
    return {
        "id": each.id,
        "invoice_line": fact.invoice_line,
        "day": each.day,
        "amount_minor": each.amount_minor,
    }


def _recognition_row(fact: BilledFact, each: Recognition) -> dict[str, Any]:
    return {
        "subscription": fact.subscription,
        "partner": each.partner,
        "role": each.role,
        "first": each.span.first,
        "until": each.span.until,
        "share_numerator": None if each.share is None else each.share.numerator,
        "share_denominator": None if each.share is None else each.share.denominator,
    }


def facts_of(tables: Mapping[str, pa.Table]) -> list[BilledFact]:
    """The facts of flat tables, each with all that belongs to it, as the judge takes them."""
    found = {name: table.to_pylist() for name, table in tables.items()}
    credits = _by(found["credits"], "invoice_line")
    receipts = _by(found["receipts"], "invoice_line")
    recognized = _by(found["recognitions"], "subscription")
    tiers = _by(found["tiers"], "partner")
    return [
        _fact(
            row,
            tuple(
                _recognition(each, tiers, row["invoice_day"])
                for each in recognized.get(row["subscription"], ())
                if _span(each).common(Month.of(row["invoice_day"]).span)
            ),
            tuple(
                Credit(c["id"], c["kind"], c["day"], c["amount_minor"])
                for c in credits.get(row["invoice_line"], ())
            ),
            tuple(
                Receipt(r["id"], r["day"], r["amount_minor"]) for r in receipts.get(row["invoice_line"], ())
            ),
        )
        for row in found["facts"]
    ]


def _by(rows: Iterable[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def _span(row: Mapping[str, Any]) -> Span:
    return Span(row["first"], row["until"])


def _recognition(row: Mapping[str, Any], tiers: Mapping[str, list[dict[str, Any]]], day: date) -> Recognition:
    tier = next((each["tier"] for each in tiers.get(row["partner"], ()) if _span(each).has(day)), "")
    numerator, denominator = row["share_numerator"], row["share_denominator"]
    share = None if numerator is None else Fraction(numerator, denominator)
    return Recognition(row["partner"], row["role"], _span(row), tier, share)


def _fact(
    row: dict[str, Any],
    partners: tuple[Recognition, ...],
    credits: tuple[Credit, ...],
    receipts: tuple[Receipt, ...],
) -> BilledFact:
    plain = {name: row[name] for name in _PLAIN}
    service = Span(row["service_first"], row["service_until"])
    return BilledFact(**plain, service=service, partners=partners, credits=credits, receipts=receipts)
