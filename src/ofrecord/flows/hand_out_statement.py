"""A statement is handed out as a file: to its partner, or to the office."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.documents.pdf import statement_pdf
from ofrecord.documents.refusals import TooLongAFile
from ofrecord.documents.types import File, Form, StatementPaper, Version
from ofrecord.documents.xlsx import statement_xlsx
from ofrecord.partners.queries import partner_card
from ofrecord.program.queries import in_force, terms_by_sha
from ofrecord.statements import queries
from ofrecord.statements.types import NamedLine, StatementCard

# What a request makes within a second or two; the command line makes any length.
MOST_LINES: Final = {Form.PDF: 1_000, Form.XLSX: 5_000}
_MAKERS: Final = {Form.PDF: statement_pdf, Form.XLSX: statement_xlsx}


def hand_out(*, reader: Reader, statement_id: UUID, form: Form, is_of_any_length: bool = False) -> File:
    """The statement as a file; the same bytes each time.

    Raises NotPermitted, NotFound, TooLongAFile, StatementUnsound, BookMissing, BookAltered.
    """
    require(reader, Permission.STATEMENTS_READ)
    card = queries.statement(statement_id, reader.scope)
    if card is None:
        raise NotFound(what="statement")
    if card.lines > MOST_LINES[form] and not is_of_any_length:
        raise TooLongAFile(form=form, lines=card.lines, most=MOST_LINES[form])
    paper = paper_of(card, reader.scope)
    name = f"statement-{paper.number.replace('/', '-')}.{form.value}"
    return File(name, form.media_type, _MAKERS[form](paper))


def paper_of(card: StatementCard, scope: Scope) -> StatementPaper:
    """Everything that stands on the statement's paper; `card` was found within the scope."""
    partner = partner_card(card.partner_id, scope)
    assert partner is not None, "whoever sees a statement sees its partner"
    lines = tuple(queries.lines_of(card, scope))
    return StatementPaper(
        vendor=_vendor(card, lines),
        partner=partner.name,
        partner_number=partner.number,
        card=card,
        issued=card.closed_at.astimezone(ZoneInfo(in_force(card.month.last).terms.time_zone)).date(),
        lines=lines,
        versions=_versions(lines),
    )


def _vendor(card: StatementCard, lines: tuple[NamedLine, ...]) -> str:
    """As the latest version that governs a line calls it; without a line, the version in force."""
    versions = terms_by_sha()
    governing = [versions[named.booked.line.terms_sha256] for named in lines]
    latest = (
        max(governing, key=lambda terms: terms.effective) if governing else in_force(card.month.last).terms
    )
    return latest.vendor


def _versions(lines: tuple[NamedLine, ...]) -> tuple[Version, ...]:
    named = {
        named.booked.line.terms_sha256: f"{named.booked.line.program} {named.booked.line.version}"
        for named in lines
    }
    return tuple(
        sorted((Version(name, sha256) for sha256, name in named.items()), key=lambda each: each.name)
    )
