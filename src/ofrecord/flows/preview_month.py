"""What the open month comes to by what is known today: the builders that close it, and nothing is posted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Permission, Reader
from ofrecord.billing.fact_parts import EXPECTED
from ofrecord.billing.facts import has_more_invoices
from ofrecord.engine import books
from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.begun import ANEW
from ofrecord.engine.judging.judge import Watch, judge, silent
from ofrecord.engine.partner_books import PartnerBooks, differing
from ofrecord.engine.types import AT_THE_END, POOL, BookedLine, FeeLine, History, PartnerSum, PoolFact
from ofrecord.flows.gather_history import Gathered, gather, laws
from ofrecord.flows.gather_open import Opened, gather_open
from ofrecord.flows.gather_partner import bearing_on, gather_of, rates_for
from ofrecord.flows.later_rates import with_later_rates
from ofrecord.flows.preview_pools import Pools, pool_lines_of, pool_sums, pools_of
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.queries import in_force, published_since
from ofrecord.program.types import Payment
from ofrecord.settlement.queries import (
    books_folder,
    closed,
    closed_months,
    next_to_close,
    openings,
    released_in,
)
from ofrecord.settlement.refusals import MonthCannotBePreviewed, PreviewTooLarge
from ofrecord.settlement.rules import all_figures, held_parts
from ofrecord.settlement.types import ClosedCard, Figures, HeldPart, MonthForeseen
from ofrecord.statements.queries import with_names
from ofrecord.statements.types import NamedLine

# What a request works out in some two seconds on a machine that does nothing else: all that a partner has sold that is
# six times as large as a usual one, or, where the laws only look back, the open month of one forty times as large.
MOST_LINES = 6_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing `month` would come to if it were closed with what is known on the day `as_of`.

    Invoices that are not written yet are taken as they will be if no seat changes any more; the lines that rest
    on them are `expected`. `rate_day` is the day of the exchange rates that stand in for those of the month's
    last day, None where none had to. `figures` are one for each partner and currency, `held` is what they hold
    back by the month of its release; `lines` are in the order of a statement. What is left out are the shares of
    `pools_left_out`, and of `pools_uncorrected` what changed of closed months since: these hang on what everybody has
    sold, which may be too much for a request. Both are names of pools.
    """

    month: Month
    as_of: date
    figures: tuple[Figures, ...]
    held: tuple[HeldPart, ...]
    lines: tuple[NamedLine, ...]
    payment: Payment
    rate_day: date | None = None
    pools_left_out: tuple[str, ...] = ()
    pools_uncorrected: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the month is over, so that it could be closed today."""
        return self.month.last < self.as_of

    def is_expected(self, line: FeeLine) -> bool:
        """Whether the line rests on invoices that are not written yet, or on the end of the month."""
        at_the_end = line.source in AT_THE_END and not self.is_over and line.event_day >= self.month.first
        return at_the_end or line.invoice_line.startswith(EXPECTED)

    def expected_by_partner(self) -> dict[tuple[UUID, str], Money]:
        """What of the fees comes from such lines, by partner and currency."""
        return self.expected_in(named.booked.line for named in self.lines)

    def expected_in(self, lines: Iterable[FeeLine]) -> dict[tuple[UUID, str], Money]:
        """The same of these lines."""
        found: dict[tuple[UUID, str], Money] = {}
        for line in lines:
            if self.is_expected(line):
                key = (UUID(line.partner), line.due_currency)
                found[key] = found.get(key, Money.zero(key[1])) + line.due
        return found

    def expected_of(self, figures: Figures) -> Money:
        """What of the fees of these figures comes from such lines."""
        zero = Money.zero(figures.currency)
        return self.expected_by_partner().get((figures.partner, figures.currency), zero)

    def of_all(self) -> MonthForeseen:
        """The figures without the lines, as a preview of all partners is kept."""
        return MonthForeseen(self.month, self.as_of, self.rate_day, self.figures, self.expected_by_partner())

    def lines_of(self, figures: Figures) -> list[NamedLine]:
        """The lines of one partner and currency."""
        whose = (str(figures.partner), figures.currency)
        return [n for n in self.lines if (n.booked.line.partner, n.booked.line.due_currency) == whose]

    def held_of(self, figures: Figures) -> list[HeldPart]:
        """What is held back of one partner and currency."""
        whose = (figures.partner, figures.currency)
        return [part for part in self.held if (part.partner, part.amount.currency) == whose]


def preview(
    *,
    reader: Reader,
    at: datetime,
    partner_id: UUID | None = None,
    month: Month | None = None,
    most_lines: int | None = MOST_LINES,
) -> Preview | None:
    """The month that is to be closed next, of one partner or, for the office, of all; None before anybody is served.

    A partner sees its own. Raises NotFound, MonthCannotBePreviewed: what an earlier month leaves to a later one is
    known when it is closed. Raises PreviewTooLarge where more than `most_lines` invoice lines bear on it; None is for
    whoever can wait.
    """
    require(reader, Permission.STATEMENTS_READ)
    partner_id = partner_id or reader.partner_id
    if reader.partner_id not in (None, partner_id):
        raise NotFound(what="partner")
    with entered(OFFICE):
        following = open_month(month)
        if following is None:
            return None
        found = _found(following, at.date(), partner_id, most_lines)
    return replace(found.preview, lines=tuple(with_names(found.lines, reader.scope)))


def of_all(month: Month, today: date, judging: Watch) -> MonthForeseen:
    """The month's figures of all partners by what is known today, however many lines bear on them; `judging` is told
    how far the judge is. Needs the office's scope.
    """
    found = _found(month, today, None, None, judging)
    of = found.preview
    expected = of.expected_in(booked.line for booked in found.lines)
    return MonthForeseen(of.month, of.as_of, of.rate_day, of.figures, expected)


def open_month(asked: Month | None = None) -> Month | None:
    """The month that is to be closed next, which alone has a preview; None before anybody is served. Needs the office's
    scope. Raises MonthCannotBePreviewed where another is asked for.
    """
    following = next_to_close()
    if asked is None or asked == following:
        return following
    raise MonthCannotBePreviewed(month=asked, is_closed=closed(asked) is not None, following=following)


@dataclass(frozen=True, slots=True)
class _Found:
    """A preview whose lines have no names yet."""

    preview: Preview
    lines: Sequence[BookedLine]


def _found(
    month: Month, today: date, partner_id: UUID | None, most_lines: int | None, judging: Watch = silent
) -> _Found:
    earlier = [card for card in reversed(closed_months()) if card.month < month]
    known = _gathered(month, partner_id, earlier, most_lines)
    payment = in_force(month.last).terms.payment
    history, rate_day = with_later_rates(known.gathered.history, month, today, payment.rate_days)
    lines = books.in_order(_lines(known, history, month, earlier, judging))
    sums = _sums(lines)
    figures = all_figures(sums, openings(partner_id), released_in(month, partner_id), payment)
    preview = Preview(
        month=month,
        as_of=today,
        figures=tuple(figures),
        held=tuple(held_parts(month, sums)),
        lines=(),
        payment=payment,
        rate_day=rate_day if any(line.exchange_day == month.last for line in lines) else None,
        pools_left_out=_names(pool for pool in known.pools.left_out if pool.month == month),
        pools_uncorrected=_names(pool for pool in known.pools.left_out if pool.month != month),
    )
    numbered = zip(books.numbers_of(lines), lines, strict=True)
    return _Found(preview, [BookedLine(month, number, line) for number, line in numbered])


def _names(pools: Iterable[PoolFact]) -> tuple[str, ...]:
    return tuple(sorted({pool.pool for pool in pools}))


@dataclass(frozen=True, slots=True)
class _Known:
    """What a preview is worked out from. `opened` where closed months are left out of it, with what is not; of one
    partner with what earlier books hold for it.
    """

    gathered: Gathered
    books: PartnerBooks | None = None
    pools: Pools = field(default_factory=Pools)
    opened: Opened | None = None


def _gathered(
    month: Month, partner_id: UUID | None, earlier: Sequence[ClosedCard], most_lines: int | None
) -> _Known:
    """What is judged for the preview. Raises PreviewTooLarge."""
    if partner_id is None:
        if most_lines is not None and has_more_invoices(None, most_lines):
            raise PreviewTooLarge(most=most_lines, is_of_one=False)
        return _Known(gather(month, expected=[month]))
    rules, own = laws(), _books(earlier, partner_id)
    pools = pools_of(rules, own, month, earlier, most_lines)
    last = earlier[-1] if earlier and earlier[-1].month == month.plus(-1) else None
    if last is not None and not published_since(last.closed_at):
        opened = gather_open(rules, last, own, most_lines)
        if opened is not None:
            rates = rates_for(partner_id, month, pools.divided) if pools.divided else ()
            beside = replace(opened.gathered.beside, rates=rates)
            return _Known(replace(opened.gathered, beside=beside), own, pools, opened)
    customers = bearing_on(rules, partner_id, most_lines)
    if customers is None:
        raise PreviewTooLarge(most=most_lines or 0, is_of_one=True)
    return _Known(gather_of(partner_id, rules, month, customers, pools.divided), own, pools)


def _books(earlier: Sequence[ClosedCard], partner_id: UUID) -> PartnerBooks:
    return PartnerBooks(books_folder(), [(card.month, card.book_sha256) for card in earlier], str(partner_id))


def _lines(
    known: _Known, history: History, month: Month, earlier: Sequence[ClosedCard], judging: Watch
) -> list[FeeLine]:
    """The lines that the month's book would have, of one partner or of all."""
    laws, opened, part = known.gathered.laws, known.opened, known.books
    earned = judge(laws, history, month.last, judging, begun=ANEW if opened is None else opened.begun)
    if part is None:
        booked = [(card.month, card.book_sha256) for card in earlier]
        return to_book(laws, history, earned, books.on_record(books_folder(), booked), month)
    earned = [line for line in earned if line.partner == part.partner]
    since, sooner = (date.min, None) if opened is None else (opened.begun.since, opened.begun.earlier)
    sums = part.sums(without=POOL, since=since, earlier=sooner)
    earned += pool_lines_of(known.pools, laws, history, part.partner, month)
    sums.update(pool_sums(part, known.pools.divided))
    events = differing(earned, sums, history.currencies.get(part.partner, ""))
    doubtful = [line for line in earned if line.event in events]
    on_record = part.on_record({event: sums[event] for event in events & sums.keys()})
    return to_book(laws, history, doubtful, on_record, month)


def _sums(lines: Sequence[FeeLine]) -> list[PartnerSum]:
    by_partner: dict[tuple[str, str], list[FeeLine]] = defaultdict(list)
    for line in lines:
        by_partner[line.partner, line.due_currency].append(line)
    return [books.sum_of(*key, own) for key, own in sorted(by_partner.items())]
