"""Whether what clauses say of one another holds, and whether their amounts can be added to what is sold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Basis, Earned, Measure
from ofrecord.program.drafts import Draft, check_known, element, names_of, opened, stated, tables_of
from ofrecord.program.fee_combinations import is_collected
from ofrecord.program.fee_kinds import Edge
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Reading, is_whole
from ofrecord.program.words import and_list
from ofrecord.program.written import Written

ONE_CURRENCY: Final = "Ask in `when` for regions of one currency, and write a clause for each currency."


def check_fee_references(reading: Reading, draft: Draft) -> bool:
    """Notes every clause that names another one in vain, and every amount in a currency that is not sold in.

    Says whether all clauses that are named exist, and are such as can be named.
    """
    before = len(reading.faults)
    for key, may_be_unpaid in (("together_with", False), ("instead_of", True), ("of", False)):
        _check_named(reading, draft, key, may_be_unpaid)
    _check_fees_of_pools(reading, draft)
    names_are_known = len(reading.faults) == before
    _check_circles(reading, draft, "of", "each is a share of the fee of the next")
    _check_circles(reading, draft, "instead_of", "each pays instead of the next")
    _check_fees_meet(reading, draft)
    _check_instead_meet(reading, draft)
    _check_sold(reading, draft)
    reading.amounts_are_stated &= len(reading.faults) == before
    return names_are_known


def _named(clause: Any, key: str) -> tuple[str, ...]:
    value = stated(clause, key)
    return (value,) if isinstance(value, str) else tuple(value)


def _check_named(reading: Reading, draft: Draft, key: str, may_be_unpaid: bool) -> None:
    fees, unpaid = names_of(draft, "fees"), names_of(draft, "unpaid")
    says_itself = {
        "together_with": "A clause cannot go together with itself.",
        "instead_of": "A clause cannot pay instead of itself.",
        "of": "A clause cannot be a share of its own fee.",
    }
    for name, clause in tables_of(draft, "fees").items():
        path, others = ("fees", name, key), _named(clause, key)
        for number, other in enumerate(others):
            at = element(reading, path, number)
            if other == name:
                reading.fault(at, says_itself[key], "Name another clause.")
            elif other in unpaid and not may_be_unpaid:
                remedy = (
                    "Only clauses that pay go together." if key == "together_with" else "Name one that pays."
                )
                reading.fault(at, f"[unpaid.{other}] declares that nothing is paid.", remedy)
        check_known(reading, path, others, [*fees, *unpaid], "clause")


def _check_circles(reading: Reading, draft: Draft, key: str, how: str) -> None:
    """One fault for each circle, at the clause in it that the document states first."""
    fees = tables_of(draft, "fees")
    named = {name: [o for o in _named(clause, key) if o != name] for name, clause in fees.items()}
    order = {name: place for place, name in enumerate(fees)}
    while circle := _circle(named):
        first = min(circle, key=lambda name: order[name])
        at = circle.index(first)
        around = [*circle[at:], *circle[:at], first]
        says = f"{', '.join(around)}: {how}, in a circle."
        reading.fault(("fees", first, key), says, "Let one of them name another clause, or none.")
        named = {name: [] if name in circle else others for name, others in named.items()}


def _circle(named: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Clauses of which each names the next and the last the first, if there are such."""
    known = {name: [other for other in others if other in named] for name, others in named.items()}
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        # The nodes go from a name to the one that names it, and end with the first again.
        return list(reversed(error.args[1][1:]))
    return None


def _fees_on_fees(reading: Reading, draft: Draft) -> Iterator[tuple[Written, Written]]:
    """Each clause that is a share of the fee of another one, and that other one."""
    fees = {
        name: Written(reading, ("fees", name), clause) for name, clause in tables_of(draft, "fees").items()
    }
    for clause in fees.values():
        of = fees.get(clause.sound("of") or "")
        if of is not None and of is not clause and clause.table["on"] is Basis.FEE:
            yield clause, of


def _check_fees_of_pools(reading: Reading, draft: Draft) -> None:
    for clause, of in _fees_on_fees(reading, draft):
        if of.table["on"] is Basis.POOLED:
            says = f"{clause.table['of']} is a share of a pool, and no fee of a sale."
            clause.fault("of", says, "Name a clause that pays for sales.")


def _check_fees_meet(reading: Reading, draft: Draft) -> None:
    """A fee on a fee is earned with it: with the invoice, or with the payment."""
    for clause, of in _fees_on_fees(reading, draft):
        if of.table["on"] is not Basis.POOLED and is_collected(clause) != is_collected(of):
            when = Earned.WHEN_COLLECTED if is_collected(of) else Earned.WHEN_BILLED
            says = f"{clause.table['of']} is earned {when.value}, and this share of it is not."
            clause.fault("of", says, f'Write `earned = "{when.value}"` here too.')


def _check_instead_meet(reading: Reading, draft: Draft) -> None:
    """What is paid instead from some day on is earned at the same time: else a bill and its payment are paid for."""
    fees = tables_of(draft, "fees")
    for name, table in fees.items():
        clause = Written(reading, ("fees", name), table)
        needs = clause.inside("needs")
        if needs is None or needs.table["counts"]:
            continue
        for other in (fees[o] for o in _named(table, "instead_of") if o in fees):
            if is_collected(clause) != is_collected(Written(reading, ("fees", name), other)):
                says = "It may be met between a bill and its payment, and then both clauses pay for one sale."
                remedy = 'Write `counts = "for the whole period"`, or let both be earned at the same time.'
                clause.fault("needs", says, remedy)
                break


@dataclass(frozen=True, slots=True)
class _Sold:
    """A row of a price list, as far as amounts in clauses depend on it."""

    offer: str
    family: str
    region: str
    currency: str
    has_wholesale: bool


def _check_sold(reading: Reading, draft: Draft) -> None:
    if not (is_whole(draft["ways"]) and is_whole(draft["offers"])):
        return
    rows = [
        _Sold(name, offer["family"], row["region"], row["price"].currency, row["wholesale"] is not None)
        for name, offer in tables_of(draft, "offers").items()
        for row in offer["prices"]
    ]
    sold = list(dict.fromkeys(rows))
    for name, clause in tables_of(draft, "fees").items():
        if is_whole(clause["when"]):
            reach = _reach(draft, sold, clause["when"])
            _check_clause_currency(reading, ("fees", name), clause, reach)
            _check_margin(reading, ("fees", name), clause, reach)
    _check_minimums(reading, draft, _reach(draft, sold, {}))


def _reach(draft: Draft, sold: list[_Sold], when: dict[str, Any]) -> list[_Sold]:
    """What a clause with this condition can claim the sale of."""
    ways, regions, offers, families = (when.get(key, ()) for key in ("way", "region", "offer", "family"))
    is_open = set(opened(draft, ways))
    return [
        row
        for row in sold
        if row.region in is_open
        and (not regions or row.region in regions)
        and (not offers or row.offer in offers)
        and (not families or row.family in families)
    ]


def _check_clause_currency(reading: Reading, path: Path, clause: dict[str, Any], reach: list[_Sold]) -> None:
    # What is pooled has the currency in which it was pooled.
    if clause["on"] is not Basis.POOLED:
        for at, currency in _currencies(path, clause):
            _check_currency(reading, at, currency, reach)


def _check_currency(reading: Reading, path: Path, currency: str, reach: list[_Sold]) -> None:
    other = next((row for row in reach if row.currency != currency), None)
    if other is not None:
        says = (
            f"Two currencies: this is in {currency}, and {other.offer} is sold in {other.currency} "
            f"in {other.region}."
        )
        reading.fault(path, says, ONE_CURRENCY)


def _currencies(path: Path, clause: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """The places in a clause that state an amount, each with its currency."""
    amounts: list[tuple[Path, Any]] = [((*path, "amount"), clause["amount"])]
    amounts += [((*path, key, "amount"), _inner(clause[key], "amount")) for key in ("cap", "floor")]
    amounts.append(((*path, "needs", "billed"), _inner(clause["needs"], "billed")))
    # An amount of nothing stands in for one that could not be read.
    yield from ((at, amount.currency) for at, amount in amounts if isinstance(amount, Money) and amount)
    bands = clause["bands"] or () if is_whole(clause["bands"]) else ()
    for number, row in enumerate(bands):
        edge = row["up_to"]
        if isinstance(edge, Edge) and edge.measure is Measure.AMOUNT:
            # The others are in the same currency, or that is a fault of its own.
            yield (*path, "bands", number, "up_to"), edge.currency
            return


def _inner(table: Any, key: str) -> Any:
    return None if table is None or table is MISSING else table[key]


def _check_margin(reading: Reading, path: Path, clause: dict[str, Any], reach: list[_Sold]) -> None:
    without = next((row for row in reach if not row.has_wholesale), None)
    if clause["on"] is Basis.MARGIN and without is not None:
        says = f"{without.offer} has no wholesale price in {without.region}, so there is no margin."
        remedy = "State `wholesale` in its `prices`, or ask in `when` for what has one."
        reading.fault((*path, "on"), says, remedy)


def _check_minimums(reading: Reading, draft: Draft, reach: list[_Sold]) -> None:
    """A least amount is in a currency in which something is sold: it would never apply otherwise."""
    sold = list(dict.fromkeys(row.currency for row in reach))
    for number, minimum in enumerate(stated(draft["payment"], "minimum")):
        if sold and minimum.currency not in sold:
            at = element(reading, ("payment", "minimum"), number)
            says = f"Nothing is sold in {minimum.currency}."
            reading.fault(at, says, f"Write an amount in {and_list(sold, 'or')}, or leave it out.")
