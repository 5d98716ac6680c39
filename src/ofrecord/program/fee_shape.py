"""Whether the keys of one clause go together: which need one another, which exclude one another."""

from fractions import Fraction
from typing import Final

from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import money_words
from ofrecord.program.bands import check_bands
from ofrecord.program.clause_types import Basis, Period, Scope
from ofrecord.program.fee_combinations import COMBINATIONS
from ofrecord.program.reading import MISSING, Reading
from ofrecord.program.written import Table, Written

HOW_MUCH: Final = ("rate", "bands", "amount")
HOW_BANDS_PAY: Final = ("graduated_per", "whole_amount_per")
WHAT_IS_NEEDED: Final = ("new_customers", "seats", "subscriptions", "billed")


def check_shapes(reading: Reading, fees: dict[str, Table]) -> bool:
    """Notes what does not go together, clause by clause, and says whether it is known whom each pays.

    Where there is such a fault the examples are not run: what they pay would be an echo of it.
    """
    before = len(reading.faults)
    for name, table in fees.items():
        clause = Written(reading, ("fees", name), table)
        for check in (*CHECKS, *COMBINATIONS):
            check(clause)
    reading.amounts_are_stated &= len(reading.faults) == before
    return all(table["pays"] is not None or table["split"] is not None for table in fees.values())


def _check_whom_and_how_much(clause: Written) -> None:
    clause.one_of(("pays", "split"), "whom it pays")
    clause.one_of(HOW_MUCH, "how much it pays")


def _check_bands_are_paid(clause: Written) -> None:
    has_bands = clause.has("bands")
    for key in HOW_BANDS_PAY:
        clause.needs_other(key, has_bands, "bands")
    if has_bands:
        clause.one_of(HOW_BANDS_PAY, "how its bands are paid")
        check_bands(clause.reading, clause.path, clause.table)


def _check_each(clause: Written) -> None:
    has_amount = clause.has("amount")
    clause.needs_other("each", has_amount, "amount")
    if not has_amount:
        return
    clause.lacks("each", "an amount is paid for each of something", '"new customer"')
    for key in ("on", "growth"):
        if clause.table[key] not in (Basis.BILLED, None):
            says = "A fixed amount is no share of anything that was billed, paid or grown."
            remedy = f'Leave `{key}` out; to pay as the customer pays, write `earned = "when collected"`.'
            clause.needless(key, says, remedy)


def _check_basis(clause: Written) -> None:
    if clause.is_faulty("on"):
        return
    on = clause.table["on"]
    clause.needs_other("of", on is Basis.FEE, 'on = "fee"')
    for key in ("pool", "shared_by"):
        clause.needs_other(key, on is Basis.POOLED, 'on = "pooled"')
    if on is Basis.FEE:
        clause.lacks("of", "it is a share of the fee of another clause", '"first-year"')
    if on is Basis.POOLED:
        clause.lacks("pool", "it says what is shared", '"advertising"')
        clause.lacks("shared_by", "it says by what the pool is shared", '"own revenue"')


def _check_split(clause: Written) -> None:
    shares = [share for _, share in clause.sound("split") or () if share is not MISSING]
    total = sum(shares, Fraction(0))
    if total > 1:
        clause.fault("split", f"The shares come to {rate_text(total)}.", "They are at most 100% together.")


def _check_limits(clause: Written) -> None:
    cap, floor = clause.inside("cap"), clause.inside("floor")
    if cap is None or floor is None or cap.table["per"] != floor.table["per"]:
        return
    most, least = cap.table["amount"], floor.table["amount"]
    if most.currency == least.currency and most < least:
        amounts = f"at most {money_words(most)} and at least {money_words(least)}"
        says = f"The clause pays {amounts} per {cap.table['per']}."
        cap.fault("amount", says, "A cap is not below the floor of the same scope.")


def _check_growth(clause: Written) -> None:
    growth = clause.inside("growth")
    if growth is None:
        return
    per = growth.table["per"]
    if per.period is Period.LIFETIME:
        remedy = 'State one, like "partner and month".'
        growth.fault("per", "Growth is over the same period one year before: none is stated.", remedy)
    elif per.scope is Scope.LINE:
        remedy = 'Write a scope that lasts, like "partner and month".'
        growth.fault("per", "A line is billed once: there is none of it one year before.", remedy)


def _check_when(clause: Written) -> None:
    when = clause.inside("when")
    if when is not None and not clause.is_faulty("when"):
        when.needs_other("month_from", when.has("month"), "month")


def _check_needs(clause: Written) -> None:
    needs = clause.inside("needs")
    if needs is not None and not any(needs.has(key) for key in WHAT_IS_NEEDED):
        remedy = "Write `new_customers`, `seats`, `subscriptions` or `billed`, or leave `needs` out."
        needs.incomplete("It does not say what must have been sold.", remedy)


def _check_holdback(clause: Written) -> None:
    holdback = clause.inside("holdback")
    if holdback is not None and holdback.table["days"] == 0:
        remedy = "Write for how many days, or leave `holdback` out."
        holdback.fault("days", "Nothing is held back for no days.", remedy)


def _check_others(clause: Written) -> None:
    beside, instead = (clause.sound(key) or () for key in ("together_with", "instead_of"))
    for name in (name for name in instead if name in beside):
        says = f"The clause says both that {name} pays beside it and that it does not."
        clause.fault("instead_of", says, "Name it in one of the two.")


CHECKS: Final = (
    _check_whom_and_how_much,
    _check_bands_are_paid,
    _check_each,
    _check_basis,
    _check_split,
    _check_limits,
    _check_growth,
    _check_when,
    _check_needs,
    _check_holdback,
    _check_others,
)
