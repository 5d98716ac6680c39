"""The findings of the analysis as faults, each at the clause or way that it is about."""

from ofrecord.kernel.rate import rate_text
from ofrecord.program.analysis import Analysis, Excess, Stranger, analyze
from ofrecord.program.cells import Case
from ofrecord.program.clause_types import Basis, Clause
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list, case_words

WHOLES = {
    Basis.BILLED: "what is billed",
    Basis.LIST: "the list price",
    Basis.MARGIN: "the margin",
}


def check_clauses(reading: Reading, terms: Terms) -> None:
    """Notes every gap, every overlap, every sum above the whole and every clause that can never match."""
    analysis = analyze(terms)
    for gap in analysis.gaps:
        _note_gap(reading, terms, gap)
    for overlap in analysis.overlaps:
        _note_overlap(reading, terms, overlap)
    for excess in analysis.over_whole:
        # Shares of a split that are above the whole were noted where they stand.
        if not any(reading.is_faulty((*_path(clause), "split")) for clause in excess.clauses):
            _note_excess(reading, terms, excess)
    _note_idle(reading, analysis)
    if analysis.are_too_many:
        says = "The clauses tell too many cases apart to list what is paid in each."
        remedy = "Let fewer clauses be paid together, or ask for fewer facts in each."
        reading.fault(("fees",), says, remedy, at_key=True)


def _path(clause: Clause) -> Path:
    return ("fees" if clause.pays else "unpaid", clause.name)


def _note_gap(reading: Reading, terms: Terms, gap: Case) -> None:
    says = f"No clause covers {case_words(gap, terms)}."
    if gap.clauses:
        names = and_list([clause.name for clause in gap.clauses])
        verb = "pays" if len(gap.clauses) == 1 else "pay"
        says += f" {names} {verb} there only under a condition."
    remedy = "Let a clause pay it, or declare it under [unpaid] and say why."
    reading.fault(("ways", gap.ways[0]), says, remedy, at_key=True)


def _note_overlap(reading: Reading, terms: Terms, overlap: Case) -> None:
    first, second = overlap.clauses
    where = case_words(overlap, terms)
    line = reading.positions.of_key(_path(first))[0]
    if first.pays and second.pays:
        says = f"{first.name} (line {line}) and {second.name} both pay {where}."
        remedy = (
            f'Change one `when`, or state `together_with = "{first.name}"` if both are to be paid, '
            f'`instead_of = "{first.name}"` if only {second.name} is.'
        )
    elif not (first.pays or second.pays):
        says = f"{first.name} (line {line}) and {second.name} both declare unpaid {where}."
        remedy = "Change one `when`, so that a line has one reason."
    else:
        paid, unpaid = (first, second) if first.pays else (second, first)
        names = [
            clause.name if clause is second else f"{clause.name} (line {line})" for clause in (paid, unpaid)
        ]
        says = f"{names[0]} pays what {names[1]} declares unpaid: {where}."
        remedy = f'Change one of the two, or state `instead_of = "{unpaid.name}"` on {paid.name}.'
    reading.fault((*_path(second), "when"), says, remedy)


def _note_excess(reading: Reading, terms: Terms, excess: Excess) -> None:
    names = and_list([clause.name for clause in excess.clauses])
    verb = "together pay" if len(excess.clauses) > 1 else "pays"
    whole = f'the pool "{excess.pool}"' if excess.pool else WHOLES[excess.basis]
    where = f": {case_words(excess.case, terms)}" if excess.case else ""
    last = excess.clauses[-1]
    says = f"{names} {verb} {rate_text(excess.total)} of {whole}{where}."
    key = "bands" if last.bands else "rate"
    reading.fault((*_path(last), key), says, "All that is paid of an amount is at most 100%.")


def _note_idle(reading: Reading, analysis: Analysis) -> None:
    for clause in analysis.never:
        says = "This clause can never match: nothing that it asks for is sold."
        remedy = (
            "Compare its way, region, offer and days with the countries that are open and the price list."
        )
        if clause.of:
            remedy = f"Compare its `when` with that of {clause.of}, on whose fee it is paid, and with what is sold."
        reading.fault((*_path(clause), "when"), says, remedy)
    for stranger in analysis.strangers:
        _note_stranger(reading, stranger)


def _note_stranger(reading: Reading, stranger: Stranger) -> None:
    clause, name = stranger.clause.name, stranger.name
    says = f"{clause} and {name} never match the same case."
    remedy = "Leave it out, or change one `when`."
    if stranger.other_role:
        says = f"{clause} and {name} pay different roles, so each pays whatever the other does."
        remedy = "Leave it out."
    reading.fault((*_path(stranger.clause), stranger.key), says, remedy)
