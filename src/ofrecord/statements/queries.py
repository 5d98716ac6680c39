"""Reads of statements, of their lines, and of why a line pays what it pays."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet, Sum

from ofrecord.access.scope import rows
from ofrecord.access.types import OFFICE, Scope
from ofrecord.customers.queries import customer_names
from ofrecord.engine import books
from ofrecord.engine.types import BookedLine, FeeLine, PartnerSum, parse_line_id
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.partners.queries import partner_names
from ofrecord.program.queries import terms_by_sha
from ofrecord.program.types import Terms
from ofrecord.settlement import queries as settlement
from ofrecord.settlement.queries import booked_months, books_folder, closed
from ofrecord.settlement.types import Break, Figures
from ofrecord.statements import rules
from ofrecord.statements.models import Dispute, Statement
from ofrecord.statements.types import (
    ClauseTotal,
    DisputeCard,
    Explanation,
    NamedLine,
    Names,
    Outcome,
    StatementCard,
)
from ofrecord.subscriptions.queries import subscriptions


def statements(scope: Scope) -> "QuerySet[Statement]":
    """The statements that the scope may see, with their partners and closed months."""
    return rows(Statement.objects.select_related("partner", "closed"), scope)


def currencies_used(partner_id: UUID | None = None) -> set[str]:
    """The currencies in which statements were ever issued, to all or to one partner. For the system."""
    found = Statement.objects.order_by()
    found = found if partner_id is None else found.filter(partner_id=partner_id)
    return set(found.values_list("currency", flat=True).distinct())


def card(row: Statement) -> StatementCard:
    """The statement as a value."""
    return StatementCard(
        id=row.pk,
        month=Month.of(row.month),
        figures=_figures(row),
        book_sha256=row.closed.book_sha256,
        closed_at=row.closed.closed_at,
    )


def _figures(row: Statement) -> Figures:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    return Figures(
        partner=row.partner_id,
        currency=row.currency,
        opening=money(row.opening_minor),
        new=money(row.new_minor),
        corrected=money(row.corrected_minor),
        waived=money(row.waived_minor),
        held=money(row.held_minor),
        released=money(row.released_minor),
        payable=money(row.payable_minor),
        carried=money(row.carried_minor),
        lines=row.lines,
        zero_lines=row.zero_lines,
        corrections=row.corrections,
        waiting=row.waiting,
    )


def statement(statement_id: UUID, scope: Scope) -> StatementCard | None:
    found = statements(scope).filter(pk=statement_id).first()
    return card(found) if found else None


def fees_by_month(scope: Scope) -> dict[Month, list[Money]]:
    """What the statements of each month come to, by currency, in one query."""
    sums = (
        rows(Statement.objects.order_by(), scope)
        .values_list("month", "currency")
        .annotate(minor=Sum("total_minor"))
        .order_by("currency")
    )
    found: dict[Month, list[Money]] = {}
    for month, currency, minor in sums:
        found.setdefault(Month.of(month), []).append(Money(int(minor), currency))
    return found


def waiting_lines(scope: Scope, month: Month) -> dict[str, int]:
    """How many lines of the month's statements waited for an exchange rate when it was closed, by the currency of the
    statement; in one query.
    """
    found = rows(Statement.objects.order_by(), scope).filter(month=month.first, waiting__gt=0)
    counted = found.values_list("currency").annotate(lines=Sum("waiting"))
    return {currency: int(lines) for currency, lines in counted}


def figures_of(month: Month) -> list[Figures]:
    """What the statements of a month say, by partner and currency. For the system."""
    found = Statement.objects.filter(month=month.first).order_by("partner_id", "currency")
    return [_figures(row) for row in found]


def tie_out(month: Month, sums: Sequence[PartnerSum]) -> tuple[Break, ...]:
    """Where the month's book, its statements and the ledger do not say one amount. Needs the office's scope."""
    return settlement.tie_out(month, sums, figures_of(month))


def lines_of(statement: StatementCard, scope: Scope) -> list[NamedLine]:
    """The lines of a statement that was found within the scope, in its order. Raises BookMissing, BookAltered."""
    found = books.lines_of(books_folder(), statement.month, statement.book_sha256, str(statement.partner_id))
    return _named(
        [booked for booked in found if booked.line.due_currency == statement.figures.currency], scope
    )


def line(line_id: str, scope: Scope) -> NamedLine | None:
    """The line with that public name; None when it is another partner's or there is none.

    Raises BookMissing, BookAltered.
    """
    named = parse_line_id(line_id)
    closed_month = closed(named[0]) if named else None
    if named is None or closed_month is None:
        return None
    where = (books_folder(), named[0], closed_month.book_sha256)
    partner = books.partner_of(*where, named[1]) if scope == OFFICE else _own(scope)
    booked = books.line(*where, named[1], partner) if partner else None
    return _named([booked], scope)[0] if booked else None


def statement_of(named: NamedLine, scope: Scope) -> StatementCard | None:
    """The statement on which a line stands that was found within the scope."""
    line = named.booked.line
    found = statements(scope).filter(
        partner_id=UUID(line.partner), month=named.booked.month.first, currency=line.due_currency
    )
    row = found.first()
    return card(row) if row else None


def corrections_of(named: NamedLine) -> list[BookedLine]:
    """The lines of later months that correct a line that was found within a scope, in their order."""
    later = [(month, sha256) for month, sha256 in booked_months() if month > named.booked.month]
    return books.corrections_of(books_folder(), later, named.id, named.booked.line.partner)


def disputes(scope: Scope) -> "QuerySet[Dispute]":
    """The disputes that the scope may see, with their partners."""
    return rows(Dispute.objects.select_related("partner"), scope)


def dispute_card(row: Dispute) -> DisputeCard:
    """The dispute as a value."""
    return DisputeCard(
        id=row.pk,
        partner_id=row.partner_id,
        line=row.line,
        month=Month.of(row.month),
        reason=row.reason,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def dispute(dispute_id: UUID, scope: Scope) -> DisputeCard | None:
    found = disputes(scope).filter(pk=dispute_id).first()
    return dispute_card(found) if found else None


def disputes_of(line_id: str, scope: Scope) -> list[DisputeCard]:
    """The disputes of a line, the latest first."""
    return [dispute_card(row) for row in disputes(scope).filter(line=line_id).order_by("-opened_at", "-pk")]


def clause_totals(lines: Sequence[NamedLine]) -> tuple[ClauseTotal, ...]:
    """What each clause paid on a statement, the most first."""
    return rules.by_clause(lines)


def explanation(named: NamedLine) -> Explanation:
    """Why the line pays what it pays. Raises LineUnsound."""
    return explanations([named])[0]


def explanations(lines: Sequence[NamedLine]) -> list[Explanation]:
    """Why each of the lines pays what it pays, in one query. Raises LineUnsound."""
    versions = terms_by_sha()
    return [
        rules.explain(named.booked, versions[named.booked.line.terms_sha256], named.names) for named in lines
    ]


def with_names(found: Sequence[BookedLine], scope: Scope) -> list[NamedLine]:
    """Lines that are in no book, such as those of a preview, with the names that the scope may see."""
    return _named(found, scope)


def _own(scope: Scope) -> str | None:
    return None if scope.partner_id is None else str(scope.partner_id)


def _named(found: Sequence[BookedLine], scope: Scope) -> list[NamedLine]:
    """The lines with names, in four queries however many they are."""
    lines = [booked.line for booked in found]
    partners = partner_names({UUID(line.partner) for line in lines}, scope)
    customers = customer_names({UUID(line.customer) for line in lines if line.customer}, scope)
    numbers = _subscription_numbers(found, scope)
    versions = terms_by_sha() if lines else {}
    return [
        NamedLine(
            booked,
            _names(booked.line, versions[booked.line.terms_sha256], partners, customers, numbers),
        )
        for booked in found
    ]


def _subscription_numbers(found: Sequence[BookedLine], scope: Scope) -> dict[UUID, str]:
    if not found:
        return {}
    wanted = {UUID(booked.line.subscription) for booked in found if booked.line.subscription}
    known = subscriptions(scope, found[0].month.last).filter(pk__in=wanted)
    return dict(known.values_list("pk", "number"))


def _names(
    line: FeeLine,
    terms: Terms,
    partners: dict[UUID, str],
    customers: dict[UUID, str],
    numbers: dict[UUID, str],
) -> Names:
    offer, way, clause = terms.offer(line.offer), terms.way(line.way), terms.clause(line.clause)
    return Names(
        partner=partners.get(UUID(line.partner), line.partner),
        customer=customers.get(UUID(line.customer), line.customer) if line.customer else "",
        subscription=numbers.get(UUID(line.subscription), line.subscription) if line.subscription else "",
        offer=offer.title if offer else line.offer,
        way=way.title if way else line.way,
        clause=clause.title if clause else "",
    )
