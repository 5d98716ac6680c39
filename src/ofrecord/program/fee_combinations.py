"""Keys that each mean something, and together nothing that could be computed: each said in a sentence."""

from typing import Final

from ofrecord.program.clause_types import Applies, Basis, Earned, Measure, Per, Period, Scope
from ofrecord.program.reading import is_whole
from ofrecord.program.written import Written

# What a share of a pool has none of: it is no part of any sale.
OF_A_SALE: Final = ("split", "bands", "growth", "needs", "cap", "floor", "together_with", "instead_of")
SCOPED: Final = (("cap", "per"), ("floor", "per"), ("growth", "per"))

PAY_BILLED: Final = 'write `on = "billed"` and leave `earned` out'


def is_collected(clause: Written) -> bool:
    """Whether it pays for what was paid, and not for what was billed."""
    return clause.table["on"] is Basis.COLLECTED or clause.table["earned"] is Earned.WHEN_COLLECTED


def _check_pooled(clause: Written) -> None:
    if clause.table["on"] is not Basis.POOLED:
        return
    says = "The language cannot limit or divide the share of a pool: it is no part of a sale."
    for key in OF_A_SALE:
        if clause.table[key]:
            clause.needless(
                key, says, f"Leave `{key}` out; `rate`, `shared_by` and `when` say who gets how much."
            )
    if clause.table["earned"] is Earned.WHEN_COLLECTED:
        clause.needless("earned", "What was pooled is collected already.", "Leave `earned` out.")
    if clause.table["applies"] is not Applies.NEW_SUBSCRIPTIONS:
        says = "A pool is shared under the version that is in force at the end of its month."
        clause.needless("applies", says, "Leave `applies` out.")


def _check_growth(clause: Written) -> None:
    if not clause.has("growth"):
        return
    if clause.has("bands"):
        says = "The language cannot pay growth in bands."
        clause.needless("growth", says, "Write a clause with a `rate` for each baseline.")
    if clause.table["on"] is Basis.FEE:
        says = "The language cannot compare fees with those of the year before."
        clause.needless("growth", says, "Let the clause that it is a fee of pay for growth.")
    if is_collected(clause):
        says = "Growth is of what was billed: it cannot be earned payment by payment."
        clause.needless("growth", says, 'Write `on = "billed"` or "list", and leave `earned` out.')


def _check_bands(clause: Written) -> None:
    rows = clause.sound("bands")
    if not rows or not is_whole(rows) or clause.is_faulty("bands"):
        return
    measure = next((row["up_to"].measure for row in rows if row["up_to"] is not None), None)
    per = clause.sound("graduated_per")
    if measure is Measure.SEATS and per is not None and not _is_monthly(per):
        says = "Seats are graduated month by month: their number is that of a month."
        clause.fault("graduated_per", says, f'Write "{per.scope.value} and month".')
    elif measure is Measure.SEATS and per is not None and is_collected(clause):
        says = "A line may be paid in parts: the language cannot graduate its seats over them."
        clause.fault("bands", says, f"Write bands of an amount, or {PAY_BILLED}.")
    if measure is Measure.AMOUNT and clause.table["on"] is Basis.FEE and clause.has("whole_amount_per"):
        says = "The language cannot add up the fees of a period before they are known."
        clause.needless("whole_amount_per", says, "Write `graduated_per`, or bands of what was sold.")


def _is_monthly(per: Per) -> bool:
    return per.period is Period.MONTH or per.scope is Scope.LINE


def _check_floor(clause: Written) -> None:
    floor = clause.inside("floor")
    if floor is None:
        return
    if floor.table["per"].scope is Scope.LINE:
        _check_floor_of_line(clause, floor)
        return
    if floor.table["per"].period is Period.LIFETIME:
        says = "What is missing to a floor is paid at the end of its period, and this one has none."
        floor.fault("per", says, f'State one, like "{floor.table["per"].scope.value} and month".')
    if clause.has("split"):
        says = "The language cannot divide what is missing to a floor between roles."
        line = "" if _has_parts(clause) else ', or a floor per "line"'
        clause.needless("floor", says, f"Write a clause for each role{line}.")


def _check_floor_of_line(clause: Written, floor: Written) -> None:
    other = 'Write another scope, like "subscription and month"'
    if clause.table["on"] is Basis.FEE:
        says = "The fee of a line may come in parts: the language cannot promise a least one for each line."
        floor.fault("per", says, f"{other}, or a floor of the clause whose fee it is.")
    elif is_collected(clause):
        says = "A line may be paid in parts: the language cannot promise a least fee for each line."
        floor.fault("per", says, f"{other}, or {PAY_BILLED}.")


def _has_parts(clause: Written) -> bool:
    """Whether there may be several fees of one line, none of which knows of the others."""
    return clause.table["on"] is Basis.FEE or is_collected(clause)


def _check_split_scopes(clause: Written) -> None:
    """What is added up for a partner is its own; what is split has several."""
    if not clause.has("split") or clause.has("pays"):
        return
    says = "Several partners share what this clause pays: nothing is added up for one of them."
    remedy = 'Write a clause for each role, or another scope, like "customer".'
    for key, inner in SCOPED:
        table = clause.inside(key)
        if table is not None and table.table[inner].scope is Scope.PARTNER:
            table.fault(inner, says, remedy)
    for key in ("graduated_per", "whole_amount_per"):
        per = clause.sound(key)
        if per is not None and per.scope is Scope.PARTNER:
            clause.fault(key, says, remedy)


COMBINATIONS: Final = (_check_pooled, _check_growth, _check_bands, _check_floor, _check_split_scopes)
