"""Whether the keys of one clause go together: which need one another, which exclude one another."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import money_words
from ofrecord.program.bands import check_bands
from ofrecord.program.clause_types import Basis, Period, Scope
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Reading

Table = dict[str, Any]

HOW_MUCH: Final = ("rate", "bands", "amount")
HOW_BANDS_PAY: Final = ("graduated_per", "whole_amount_per")
WHAT_IS_NEEDED: Final = ("new_customers", "seats", "subscriptions", "billed")


def check_shapes(reading: Reading, fees: dict[str, Table]) -> bool:
    """Notes what does not go together, clause by clause, and says whether it is known whom each pays.

    Where there is such a fault the examples are not run: what they pay would be an echo of it.
    """
    before = len(reading.faults)
    for name, table in fees.items():
        clause = _Written(reading, ("fees", name), table)
        for check in CHECKS:
            check(clause)
    reading.amounts_are_stated &= len(reading.faults) == before
    return all(table["pays"] is not None or table["split"] is not None for table in fees.values())


@dataclass(frozen=True, slots=True)
class _Written:
    """A table as it is written: which keys it has, and where a fault of one stands."""

    reading: Reading
    path: Path
    table: Table

    def has(self, key: str) -> bool:
        """Whether the key is written, however faulty."""
        return self.table[key] is not None

    def sound(self, key: str) -> Any:
        """The value of the key; None if there is none, or it could not be read."""
        value = self.table[key]
        return None if value is MISSING else value

    def inside(self, key: str) -> "_Written | None":
        """The table inside the key, if there is one."""
        table = self.sound(key)
        return None if table is None else _Written(self.reading, (*self.path, key), table)

    def is_faulty(self, key: str) -> bool:
        return self.reading.is_faulty((*self.path, key))

    def fault(self, key: str, says: str, remedy: str) -> None:
        """Notes a fault at the value of the key."""
        self.reading.fault((*self.path, key), says, remedy)

    def needless(self, key: str, says: str, remedy: str) -> None:
        """Notes a fault at the key itself."""
        self.reading.fault((*self.path, key), says, remedy, at_key=True)

    def incomplete(self, says: str, remedy: str) -> None:
        """Notes that something is missing, unless an unknown key may be meant for it."""
        if self.path not in self.reading.with_unknown:
            self.reading.fault(self.path, says, remedy, at_key=True)

    def lacks(self, key: str, what: str, example: str) -> None:
        """Notes that the key is needed, if it is not there."""
        if not self.has(key):
            self.incomplete(f"`{key}` is missing: {what}.", f"Write it like `{key} = {example}`.")

    def needs_other(self, key: str, holds: bool, other: str) -> None:
        """Notes that the key, if it is there, means something only beside another one."""
        if self.has(key) and not holds:
            says = f"`{key}` means nothing without `{other}`."
            self.needless(key, says, f"Write `{other}` too, or leave `{key}` out.")

    def one_of(self, keys: tuple[str, ...], what: str) -> None:
        """Notes that none or several of the keys are there."""
        found = [key for key in keys if self.has(key)]
        ticked = [f"`{key}`" for key in keys]
        choice = f"{', '.join(ticked[:-1])} or {ticked[-1]}"
        if not found:
            self.incomplete(f"The clause does not say {what}.", f"Write {choice}.")
        for key in found[1:]:
            says = f"`{found[0]}` and `{key}` both say {what}."
            self.needless(key, says, f"A clause has one of {choice}: leave the other out.")


def _check_whom_and_how_much(clause: _Written) -> None:
    clause.one_of(("pays", "split"), "whom it pays")
    clause.one_of(HOW_MUCH, "how much it pays")


def _check_bands_are_paid(clause: _Written) -> None:
    has_bands = clause.has("bands")
    for key in HOW_BANDS_PAY:
        clause.needs_other(key, has_bands, "bands")
    if has_bands:
        clause.one_of(HOW_BANDS_PAY, "how its bands are paid")
        check_bands(clause.reading, clause.path, clause.table)


def _check_each(clause: _Written) -> None:
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


def _check_basis(clause: _Written) -> None:
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


def _check_split(clause: _Written) -> None:
    shares = [share for _, share in clause.sound("split") or () if share is not MISSING]
    total = sum(shares, Fraction(0))
    if total > 1:
        clause.fault("split", f"The shares come to {rate_text(total)}.", "They are at most 100% together.")


def _check_limits(clause: _Written) -> None:
    cap, floor = clause.inside("cap"), clause.inside("floor")
    if cap is None or floor is None or cap.table["per"] != floor.table["per"]:
        return
    most, least = cap.table["amount"], floor.table["amount"]
    if most.currency == least.currency and most < least:
        amounts = f"at most {money_words(most)} and at least {money_words(least)}"
        says = f"The clause pays {amounts} per {cap.table['per']}."
        cap.fault("amount", says, "A cap is not below the floor of the same scope.")


def _check_growth(clause: _Written) -> None:
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


def _check_when(clause: _Written) -> None:
    when = clause.inside("when")
    if when is not None and not clause.is_faulty("when"):
        when.needs_other("month_from", when.has("month"), "month")


def _check_needs(clause: _Written) -> None:
    needs = clause.inside("needs")
    if needs is not None and not any(needs.has(key) for key in WHAT_IS_NEEDED):
        remedy = "Write `new_customers`, `seats`, `subscriptions` or `billed`, or leave `needs` out."
        needs.incomplete("It does not say what must have been sold.", remedy)


def _check_holdback(clause: _Written) -> None:
    holdback = clause.inside("holdback")
    if holdback is not None and holdback.table["days"] == 0:
        remedy = "Write for how many days, or leave `holdback` out."
        holdback.fault("days", "Nothing is held back for no days.", remedy)


def _check_others(clause: _Written) -> None:
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
