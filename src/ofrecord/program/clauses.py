"""The findings of the analysis as faults, each at the clause or way that it is about."""

from ofrecord.kernel.rate import rate_text
from ofrecord.program.analysis import Analysis, Case, analyze
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading
from ofrecord.program.types import Clause, Terms
from ofrecord.program.words import and_list, case_words


def check_clauses(reading: Reading, terms: Terms) -> None:
    """Notes every gap, every overlap, every sum above the whole and every clause that can never match."""
    analysis = analyze(terms)
    for gap in analysis.gaps:
        _note_gap(reading, terms, gap)
    for overlap in analysis.overlaps:
        _note_overlap(reading, terms, overlap)
    for case in analysis.over_whole:
        names = and_list([clause.name for clause in case.clauses])
        says = f"{names} together pay {rate_text(case.rate)} of what is billed: {case_words(case, terms)}."
        remedy = "All that is paid of an amount is at most 100%."
        reading.fault((*_path(case.clauses[-1]), "rate"), says, remedy)
    _note_idle(reading, analysis)


def _path(clause: Clause) -> Path:
    return ("unpaid" if clause.rate is None else "fees", clause.name)


def _note_gap(reading: Reading, terms: Terms, gap: Case) -> None:
    says = f"No clause covers {case_words(gap, terms)}."
    remedy = "Let a clause pay it, or declare it under [unpaid] and say why."
    reading.fault(("ways", gap.ways[0]), says, remedy, at_key=True)


def _note_overlap(reading: Reading, terms: Terms, overlap: Case) -> None:
    first, second = overlap.clauses
    where = case_words(overlap, terms)
    line = reading.positions.of_key(_path(first))[0]
    if first.rate is not None and second.rate is not None:
        says = f"{first.name} (line {line}) and {second.name} both pay {where}."
        remedy = f'Change one `when`, or state `together_with = "{first.name}"` if both are to be paid.'
    elif first.rate is None and second.rate is None:
        says = f"{first.name} (line {line}) and {second.name} both declare unpaid {where}."
        remedy = "Change one `when`, so that a line has one reason."
    else:
        says = f"{first.name} (line {line}) pays what {second.name} declares unpaid: {where}."
        remedy = "Change one of the two."
    reading.fault((*_path(second), "when"), says, remedy)


def _note_idle(reading: Reading, analysis: Analysis) -> None:
    for clause in analysis.never:
        says = "This clause can never match: nothing that it asks for is sold."
        remedy = "Compare its way, region and offer with the countries that are open and the price list."
        reading.fault((*_path(clause), "when"), says, remedy)
    for clause, name in analysis.never_together:
        says = f"{clause.name} and {name} never match the same case."
        reading.fault((*_path(clause), "together_with"), says, "Leave it out, or change one `when`.")
