"""The preview of the open month as desk and portal show it: the sentence, the figures, and every line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ofrecord.flows.preview_month import Preview
from ofrecord.settlement.types import Figures
from ofrecord.statements.queries import explanations
from ofrecord.statements.types import Explanation, NamedLine
from ofrecord.web import words
from ofrecord.web.columns import Choice, Column, Totals
from ofrecord.web.figures import FigureTable, carried_words, figure_table, held_words
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Fact, Linked, State, Step, Tone, Working
from ofrecord.web.statement_lines import question, subject

Leads = Callable[[str], str]
EXPECTED, WRITTEN, CORRECTION, WAITS = "expected", "written", "correction", "waits"
_STATES = {
    EXPECTED: State("expected", Tone.WAIT),
    WRITTEN: State("on record", Tone.GOOD),
    CORRECTION: State("correction"),
    WAITS: State("waits for a rate", Tone.WAIT),
}


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of one partner and currency with what a page says of them."""

    figures: Figures
    table: FigureTable
    held: str
    expected: str
    carried: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line with what kind it is; its explanation once the page that shows it is known."""

    named: NamedLine
    kind: str
    explanation: Explanation | None = None


def told(preview: Preview) -> list[Told]:
    """Every figure of the preview with its sentences."""
    return [
        Told(
            each,
            figure_table(each),
            held_words(preview.held_of(each)),
            _expected_words(preview, each),
            carried_words(each, preview.month, preview.payment.minimum(each.currency)),
        )
        for each in preview.figures
    ]


def heading(preview: Preview, pays: str) -> str:
    """If May 2009 were closed today, Northwind would pay you 34.80 USD, without the advertising pool."""
    paid = [words.money_text(each.payable) for each in preview.figures if each.payable]
    month = words.month_text(preview.month)
    if not paid:
        return f"If {month} were closed today, nothing would be paid{_without(preview)}"
    return f"If {month} were closed today, {pays} {words.joined(paid)}{_without(preview)}"


def _without(preview: Preview) -> str:
    said = [_pools(preview.pools_left_out)] if preview.pools_left_out else []
    if preview.pools_uncorrected:
        said.append(f"corrections of {_pools(preview.pools_uncorrected)}")
    return f", without {words.joined(said)}" if said else ""


def _pools(names: Sequence[str]) -> str:
    return f"the {words.joined(names)} pool{'s' if len(names) > 1 else ''}"


def left_out_words(preview: Preview, remedy: str) -> str:
    """What of pools is not in it, why, and the reader's remedy; empty where nothing is left out."""
    said = []
    if preview.pools_left_out:
        said.append(f"What {_pools(preview.pools_left_out)} would pay is not in it.")
    if preview.pools_uncorrected:
        pools = _pools(preview.pools_uncorrected)
        said.append(
            f"Something has changed that {pools} of closed months may be divided by: what would be paid or taken back "
            "for that is not in it."
        )
    return " ".join([*said, f"That hangs on the sales of all partners. {remedy}"]) if said else ""


def _expected_words(preview: Preview, figures: Figures) -> str:
    """What of it is not certain yet: what rests on invoices to come, and what waits for a rate."""
    expected, last = preview.expected_of(figures), words.day_text(preview.month.last)
    said = []
    if expected:
        said.append(
            f"{words.money_text(expected)} of it rests on invoices of {last} that are not written yet: "
            "they are taken as if no seat, tier or partner changed any more."
        )
    if figures.waiting:
        waits = "1 line waits" if figures.waiting == 1 else f"{words.count_text(figures.waiting)} lines wait"
        said.append(
            f"{waits} for an exchange rate into {figures.currency}: not in it, and due with the close after the rate "
            "is recorded."
        )
    return " ".join(said)


def lines(preview: Preview) -> list[PreviewLine]:
    """All lines of the preview."""
    return [PreviewLine(named, _kind(preview, named)) for named in preview.lines]


def _kind(preview: Preview, named: NamedLine) -> str:
    if named.is_correction:
        return CORRECTION
    if named.waits:
        return WAITS
    return EXPECTED if preview.is_expected(named.booked.line) else WRITTEN


def explained(shown: Sequence[PreviewLine]) -> list[PreviewLine]:
    """The lines of one page with their explanations, asked together."""
    found = explanations([line.named for line in shown])
    return [PreviewLine(line.named, line.kind, why) for line, why in zip(shown, found, strict=True)]


def listing(preview: Preview, subscription_page: Leads, line_page: Leads) -> "Listing[PreviewLine]":
    """The list of the preview's lines; every one opens on its explanation."""

    def customer(line: PreviewLine) -> Linked:
        found, names = line.named.booked.line, line.named.names
        if not found.subscription:
            return Linked(subject(line.named))
        small = f"{names.offer}, {words.count_text(found.seats)} {'seat' if found.seats == 1 else 'seats'}"
        return Linked(names.customer, subscription_page(found.subscription), small)

    def kind(line: PreviewLine) -> object:
        corrects = line.named.booked.line.corrects
        return (
            Linked("correction", line_page(corrects), line.named.booked.line.cause)
            if corrects
            else _STATES[line.kind]
        )

    return Listing(
        name=f"preview-{preview.month}",
        caption=f"Lines of {words.month_text(preview.month)} so far",
        columns=(
            Column(
                title="Customer and offer",
                cell=customer,
                export=lambda line: subject(line.named),
                sort="named__names__customer",
            ),
            Column(title="Clause", cell=_clause, export=_clause_words, sort="named__names__clause"),
            Column(title="It is", cell=kind, export=lambda line: line.kind, sort="kind"),
            Column(title="Basis", cell=lambda line: line.named.billed, is_money=True),
            Column(title="Fee", cell=_fee, is_money=True, sort="named__due__minor"),
        ),
        sort="-fee",
        search=("named__names__customer", "named__names__offer", "named__names__clause"),
        choices=(
            Choice(
                name="kind",
                title="Kind",
                path="kind",
                values=[(code, _STATES[code].word) for code in _STATES],
            ),
        ),
        working=lambda line: working(line, line_page),
        is_quiet=lambda line: not line.named.due and not line.named.waits,
        empty=Empty("No line yet", "Nothing of this month is billed, paid or corrected so far."),
    )


def totals(preview: Preview) -> Totals | None:
    """The sum of the list, where it is all in one currency."""
    if len(preview.figures) != 1:
        return None
    return Totals(label="Together", figures={"Fee": preview.figures[0].earned})


def _clause_words(line: PreviewLine) -> str:
    return line.named.names.clause or "No clause applies"


def _clause(line: PreviewLine) -> Linked:
    return Linked(_clause_words(line), small=line.named.booked.line.reason or line.named.waits)


def _fee(line: PreviewLine) -> object:
    return line.named.fee if line.named.waits else line.named.due


def working(line: PreviewLine, line_page: Leads) -> Working:
    """The explanation as "why?" shows it; nothing has a name yet but the line that is corrected."""
    why = line.explanation
    assert why is not None, "the lines of a page are explained"
    steps = [Step(row.label, row.says, row.result, is_result=row.is_result) for row in why.working]
    facts = [
        Fact(
            row.label,
            row.says if isinstance(row.says, str) else words.day_text(row.says),
            line_page(row.id) if row.id and row.id == why.corrects else "",
        )
        for row in why.facts
        if row.says
    ]
    return Working(question(line.named), [why.words], steps, facts)
