"""Snapshots as an earlier release kept them, in format "2": those that were kept then are read for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from ofrecord.engine.books import folder_of
from ofrecord.engine.columns import FORMAT, SNAPSHOT
from ofrecord.engine.files import Kept, keep_json, keep_table
from ofrecord.engine.snapshot_index import pool_row
from ofrecord.engine.snapshots import FACTS_KIND, SNAPSHOT_KIND, keep_rates
from ofrecord.engine.storage import Root
from ofrecord.engine.types import BilledFact, History, Laws, Recognition
from ofrecord.kernel.calendar import Month

ByMonth = Mapping[Month, Sequence[BilledFact]]


def write_snapshot(root: Root, month: Month, facts: ByMonth, beside: History, laws: Laws) -> Kept:
    """Keeps the facts of all months and what is known `beside` them; `rows` counts the facts of the month itself.

    The versions in force are named in their order, since that order is part of what was counted.
    """
    index: dict[str, Any] = {
        "format": FORMAT,
        "month": str(month),
        "facts": {str(each): _keep_facts(root, each, facts[each]) for each in sorted(facts)},
        "rates": keep_rates(root, month, beside.rates),
        "pools": [pool_row(pool) for pool in sorted(beside.pools, key=lambda pool: pool.id)],
        "currencies": dict(beside.currencies),
        "program_versions": [terms.sha256 for terms in laws.versions],
    }
    return keep_json(folder_of(root, month), SNAPSHOT_KIND, index, rows=len(facts.get(month, ())))


def _keep_facts(root: Root, month: Month, facts: Sequence[BilledFact]) -> str:
    """The facts ordered by invoice and day."""
    ordered = sorted(facts, key=lambda fact: (fact.invoice, fact.service.first, fact.invoice_line))
    return keep_table(folder_of(root, month), FACTS_KIND, _fact_table(ordered)).sha256


def _fact_table(facts: Sequence[BilledFact]) -> pa.Table:
    return pa.Table.from_pylist([_fact_row(fact) for fact in facts], schema=SNAPSHOT)


def _fact_row(fact: BilledFact) -> dict[str, Any]:
    return _values(fact) | {
        "service_first": fact.service.first,
        "service_until": fact.service.until,
        "partners": [_recognition_row(partner) for partner in fact.partners],
        "credits": [_values(credit) for credit in fact.credits],
        "receipts": [_values(receipt) for receipt in fact.receipts],
    }


def _recognition_row(partner: Recognition) -> dict[str, Any]:
    share = partner.share
    return _values(partner) | {
        "first": partner.span.first,
        "until": partner.span.until,
        "share_numerator": None if share is None else share.numerator,
        "share_denominator": None if share is None else share.denominator,
    }


def _values(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}
