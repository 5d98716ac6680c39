"""What an order would pay its partner, before it is sent: the judge over what is on record and what it would bring.

The order's bills of two years are put beside the partner's real history and the bills that its other sales will have.
So caps, bands and conditions stand where they will stand, and what the order does to other sales shows too. Where the
laws only look back, that is one reading of what still counts: the order's own lines, and of others only the clauses
that it can reach. Under other laws all is judged twice: with the order and without it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Reader
from ofrecord.billing.facts import Reading, Wanted, expected_facts, facts_from, facts_of_customers
from ofrecord.billing.rules import bill_month, list_amounts
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.customers.facts import segments_in
from ofrecord.engine.judging.begun import Begun
from ofrecord.engine.judging.beside import judged_beside, wide_clauses
from ofrecord.engine.judging.events import source_of
from ofrecord.engine.judging.judge import hear, judge
from ofrecord.engine.judging.measures import Sales
from ofrecord.engine.reach import LooksBack, countings, looks_back
from ofrecord.engine.types import PAYMENT, BilledFact, FeeLine, History, Laws, LineKey, Receipt, Recognition
from ofrecord.flows.foresee_clauses import ForeseenClause, Sold, foreseen_clauses
from ofrecord.flows.gather_history import laws
from ofrecord.flows.gather_open import are_told, reducing
from ofrecord.flows.gather_partner import bearing_on
from ofrecord.kernel.calendar import Month, Span, add_months, month_index
from ofrecord.kernel.money import Money, share, sum_money
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.partners.facts import tiers_in
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Scope, Unit
from ofrecord.program.queries import version
from ofrecord.program.risks import taken_back
from ofrecord.program.types import Terms
from ofrecord.subscriptions.facts import customers_bearing_on, subscription_facts
from ofrecord.subscriptions.queries import count_running, running_offers, subscriptions_of
from ofrecord.subscriptions.rules import deal_of

YEARS = 2
# Subscriptions whose bills of the years to come are judged with the order, and lines that were billed before: with more
# the order is judged alone.
MOST_BESIDE, MOST_LINES = 200, 10_000
# The name of the subscription that there would be; no real one is called so.
FORESEEN = "foreseen"


@dataclass(frozen=True, slots=True)
class ForeseenMonth:
    """What the invoice of one month would bill and earn; `elsewhere` is what it adds on the partner's other sales."""

    month: Month
    billed: Money
    fee: Money
    elsewhere: Money


@dataclass(frozen=True, slots=True)
class ForeseenYear:
    """What one year of the subscription would bill and earn, and by which clauses, the most first."""

    year: int
    billed: Money
    fee: Money
    by_clause: tuple[tuple[str, Money], ...]
    elsewhere: Money

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.by_clause)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an order would pay, if its seats stay and the customer pays every bill on its day.

    `clauses` are those that pay for it, or would once their condition is met; `takes_back` says what could lessen
    it later, a sentence each. `tier` is the partner's of today, empty where it has none. Where `is_whole` is not, the
    partner sells too much to be judged while somebody waits, and the order was judged alone.
    """

    terms: Terms
    years: tuple[ForeseenYear, ...]
    months: tuple[ForeseenMonth, ...]
    clauses: tuple[ForeseenClause, ...]
    takes_back: tuple[str, ...]
    tier: str
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Case:
    """The order, under which laws, on which day it is asked about, and who would be recognized."""

    draft: Draft | OrderCard
    terms: Terms
    laws: Laws
    today: date
    tier: str

    @property
    def end(self) -> date:
        return add_months(self.draft.starts_on, 12 * YEARS)

    @property
    def months(self) -> list[Month]:
        """The months of its bills; the last holds only the days before the anniversary, if there are any."""
        first, last = Month.of(self.draft.starts_on), Month.of(self.end - timedelta(days=1))
        return [first.plus(number) for number in range(12 * YEARS + 1) if first.plus(number) <= last]

    @property
    def currency(self) -> str:
        return self.draft.unit_price.currency


def foresee(*, reader: Reader, at: datetime, draft: Draft | OrderCard) -> Foreseen:
    """What the order would bill and pay in its first years. Changes nothing. Raises NotFound for another's order."""
    if draft.partner_id is None or reader.partner_id not in (None, draft.partner_id):
        raise NotFound(what="order")
    with entered(OFFICE):
        case = _case(draft, at.date())
        own = [*_own_facts(case)]
        judged = _beside(case, own) or _twice(case, own)
    new, elsewhere = judged.new, judged.elsewhere
    sold = _sold(case, own, judged.sales, new)
    clauses = foreseen_clauses(case.laws, new, sold, case.currency)
    return Foreseen(
        terms=case.terms,
        years=tuple(_years(case, own, new, elsewhere)),
        months=tuple(_months(case, own, new, elsewhere)),
        clauses=clauses,
        takes_back=tuple(taken_back(case.terms, [each.clause for each in clauses], case.tier)),
        tier=case.tier,
        is_whole=judged.is_whole,
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """The order's lines, what it changes on the partner's other sales by day, and all that was sold with it."""

    new: Sequence[FeeLine]
    elsewhere: Sequence[tuple[date, Money]]
    sales: Sales
    is_whole: bool = True


def _beside(case: _Case, own: Sequence[BilledFact]) -> _Judged | None:
    """What still counts read once; None where the laws do not look back, or where the order changes what others are
    told of all that was sold, or where that is too much to read.
    """
    back = looks_back(case.laws)
    if back is None or _reach(case) is Scope.SUBSCRIPTION or not _floors_are_own(case.laws):
        return None
    since = back.since(case.months[0].first)
    begun = Begun(since)
    others = _counting(case, back, since)
    if others is None:
        return None
    facts, sold = others
    found = judged_beside(case.laws, facts, own, case.months[-1].last, replace(begun, sold=sold))
    if found is None:
        return None
    partner = str(case.draft.partner_id)
    elsewhere = [
        (each.event_day, Money(each.minor, case.currency))
        for each in found.changed
        if each.partner == partner and each.currency == case.currency
    ]
    new = [line for line in found.lines if line.partner == partner]
    return _Judged(new, elsewhere, found.sales)


def _floors_are_own(laws: Laws) -> bool:
    own = (Scope.LINE, Scope.SUBSCRIPTION)
    floors = [clause.floor for terms in laws.versions for clause in terms.clauses]
    return all(floor is None or floor.per.scope in own for floor in floors)


def _counting(case: _Case, back: LooksBack, since: date) -> tuple[list[BilledFact], list[BilledFact]] | None:
    """The facts of other sales that still count on the day `since`, with those to come; and one fact for all that each
    was billed before. None of too many.
    """
    assert case.draft.partner_id is not None, "an order of a partner"
    wide, customers = wide_clauses(case.laws), {case.draft.customer_id}
    if back.scope is Scope.PARTNER:
        customers |= set(customers_bearing_on(case.draft.partner_id, ()) or ())
    running = count_running(Span(Month.of(case.today).first, case.end), customers)
    if running > MOST_BESIDE or len(reducing(case.laws)) > 1 or _collects(case.laws, wide):
        return None
    firsts = {
        scope: min(
            (first for name, first in _firsts(case.laws, since) if wide.get(name) in scopes), default=since
        )
        for scope, scopes in (
            (Scope.CUSTOMER, (Scope.CUSTOMER, Scope.PARTNER)),
            (Scope.PARTNER, (Scope.PARTNER,)),
        )
    }
    wanted = {}
    for name, sale in subscription_facts(subscriptions_of(customers)).items():
        is_near = sale.customer_id == case.draft.customer_id
        first = firsts[Scope.CUSTOMER if is_near else Scope.PARTNER]
        wanted[name] = Wanted(min(first, Month.of(case.today).first).replace(day=1), since)
    reading = Reading(
        month=case.months[-1],
        wanted=wanted,
        paid=(),
        most_lines=MOST_LINES,
        with_payments=False,
        all_payments=False,
        sold_by_day=any(clause.needs and clause.needs.billed for _, clause in back.needs)
        if back.needs
        else None,
        reduced_by=sorted(reducing(case.laws)[0]),
    )
    found = facts_from(reading)
    if found is None or not are_told(found[1]):
        return None
    facts, sold = found
    ahead = _ahead(case)[:-1]
    return [*facts, *(expected_facts(ahead, customers) if ahead else ())], sold


def _collects(laws: Laws, wide: Mapping[str, Scope]) -> bool:
    """Whether what others pay counts for the order: bills of any age can be paid while it counts."""
    clauses = [clause for terms in laws.versions for clause in terms.clauses]
    return any(clause.name in wide and source_of(clause) == PAYMENT for clause in clauses)


def _firsts(laws: Laws, since: date) -> Iterator[tuple[str, date]]:
    """By clause the first day that counts for what it adds up on the day."""
    for terms in laws.versions:
        for clause in terms.clauses:
            for counting in countings(terms, clause):
                yield clause.name, counting.first(since)


def _twice(case: _Case, own: Sequence[BilledFact]) -> _Judged:
    """All of it judged with the order and without it."""
    others, is_whole = _others(case)
    through = case.months[-1].last
    without = {line.key: line for line in judge(case.laws, History(others), through)} if others else {}
    lines = [
        line
        for line in judge(case.laws, History([*others, *own]), through)
        if line.partner == str(case.draft.partner_id)
    ]
    new = [line for line in lines if line.key not in without and line.subscription == FORESEEN]
    sales = hear(case.laws, [*others, *own], through).sales if _asks_needs(case.laws) else Sales()
    return _Judged(new, _elsewhere(case, lines, new, without), sales, is_whole)


def _asks_needs(laws: Laws) -> bool:
    return any(clause.needs for terms in laws.versions for clause in terms.clauses)


def _case(draft: Draft | OrderCard, today: date) -> _Case:
    published = version(draft.version_id)
    assert published is not None, "an order's version is published"
    assert draft.partner_id is not None, "an order of a partner"
    tiers = tiers_in(Span(today, today + timedelta(days=1)), {draft.partner_id}).get(draft.partner_id, ())
    tier = next((tier for span, tier in tiers if span.has(today)), "")
    return _Case(draft, published.terms, laws(), today, tier)


def _own_facts(case: _Case) -> Iterator[BilledFact]:
    """The bills that the order would bring, each paid in full on its day."""
    draft = case.draft
    billable = Billable(
        draft.unit_price, draft.starts_on, case.end, (SeatsFrom(draft.starts_on, draft.seats),)
    )
    running = running_offers(draft.customer_id, draft.starts_on)
    deal = deal_of(draft.offer, running)
    bills = Span(case.months[0].first, case.months[-1].plus(1).first)
    segments = segments_in(bills, {draft.customer_id}).get(draft.customer_id, ())
    for month in case.months:
        segment = next((held for span, held in segments if span.has(month.last)), "")
        for line in bill_month(billable, month, case.terms.rounding):
            yield _paid(replace(_fact(case, month, line), deal=deal, segment=segment))


def _fact(case: _Case, month: Month, line: LineValue) -> BilledFact:
    draft = case.draft
    offer = case.terms.offer(draft.offer)
    price = offer.price(draft.region, line.span.first) if offer else None
    listed, wholesale = list_amounts(price, line.span, line.seats, case.currency, case.terms.rounding)
    return BilledFact(
        # Later than every id, and than what is expected, of its day: the order comes after what is sold already.
        invoice_line=f"{FORESEEN} {month} {line.span.first}",
        invoice="",
        invoice_day=month.last,
        subscription=FORESEEN,
        started_on=draft.starts_on,
        customer=str(draft.customer_id),
        offer=draft.offer,
        way=draft.way,
        region=draft.region,
        currency=case.currency,
        seats=line.seats,
        unit_price_minor=line.unit_price.minor,
        billed_minor=line.amount.minor,
        service=line.span,
        terms_sha256=case.terms.sha256,
        partners=(Recognition(str(draft.partner_id), PARTNER_OF_RECORD, Span(draft.starts_on), case.tier),),
        list_minor=listed,
        wholesale_minor=wholesale,
        first_seats=draft.seats,
        commitment_months=draft.commitment_months,
    )


def _paid(fact: BilledFact) -> BilledFact:
    receipt = Receipt(f"{fact.invoice_line}/paid", fact.invoice_day, fact.billed_minor)
    return replace(fact, receipts=(receipt,))


def _others(case: _Case) -> tuple[list[BilledFact], bool]:
    """What the order's fees can depend on beside it: what was billed, and what will be, of as few as do; and whether
    that is all of it, or too much, and then nothing."""
    reach = _reach(case)
    if reach is Scope.SUBSCRIPTION:
        return [], True
    assert case.draft.partner_id is not None, "an order of a partner"
    customers = {case.draft.customer_id}
    if reach is Scope.PARTNER:
        bearing = bearing_on(case.laws, case.draft.partner_id, MOST_LINES)
        if bearing is None:
            return [], False
        customers |= set(bearing)
    if count_running(Span(Month.of(case.today).first, case.end), customers) > MOST_BESIDE:
        return [], False
    by_month = facts_of_customers(customers, case.months[-1])
    billed = [fact for facts in by_month.values() for fact in facts]
    return [*billed, *(_paid(fact) for fact in expected_facts(_ahead(case), customers))], True


def _ahead(case: _Case) -> list[Month]:
    """The months of which something may not be billed yet, up to the last of the order's."""
    first = min(Month.of(case.today).plus(-1), case.months[0])
    return [first.plus(number) for number in range(1 + _months_between(first, case.months[-1]))]


def _months_between(first: Month, last: Month) -> int:
    return (last.year - first.year) * 12 + last.number - first.number


def _reach(case: _Case) -> Scope:
    """How far the clauses that may claim the order look: at it alone, at its customer, at all that its partner sold."""
    mine = [terms for terms in case.laws.versions if terms.effective >= case.terms.effective]
    scopes = {Scope.SUBSCRIPTION}
    for clause in (clause for terms in mine for clause in terms.clauses):
        parts = (clause.bands, clause.growth, clause.cap, clause.floor)
        scopes |= {part.per.scope for part in parts if part is not None}
        scopes |= {Scope.PARTNER} if clause.needs else set()
        scopes |= {Scope.CUSTOMER} if clause.unit is Unit.CUSTOMER else set()
    wide = (Scope.PARTNER, Scope.CUSTOMER)
    return next((scope for scope in wide if scope in scopes), Scope.SUBSCRIPTION)


def _elsewhere(
    case: _Case, lines: Sequence[FeeLine], new: Sequence[FeeLine], without: dict[LineKey, FeeLine]
) -> list[tuple[date, Money]]:
    """What the order changes on the partner's other sales, by the day of the event; in the order's currency."""
    own = {line.key for line in new}
    beside = {line.key: line for line in lines if line.key not in own}
    before = {key: line for key, line in without.items() if line.partner == str(case.draft.partner_id)}
    found = []
    for key in sorted({*beside, *before}):
        line = beside.get(key) or before[key]
        earned = [each[key].earned_minor if key in each else 0 for each in (beside, before)]
        if line.currency == case.currency and earned[0] != earned[1]:
            found.append((line.event_day, Money(earned[0] - earned[1], case.currency)))
    return found


def _sold(case: _Case, own: Sequence[BilledFact], sales: Sales, new: Sequence[FeeLine]) -> list[Sold]:
    """How far each condition over the partner's sales is met when the order is billed for the first time."""
    if not _asks_needs(case.laws):
        return []
    through = case.months[-1].last
    paying = {(line.terms_sha256, line.clause) for line in new}
    found: dict[tuple[str, str], Sold] = {}
    for heard in hear(case.laws, own, through).heard:
        for each in heard.considered:
            key = (each.terms.sha256, each.clause.name)
            # Alone the order may lack what is needed; with the other sales it is there or not.
            if each.clause.needs is not None and each.failed in ("", "needs") and key not in found:
                progress = sales.progress(each.terms, each.clause, heard.case)
                found[key] = Sold(each.terms, each.clause, progress, is_met=key in paying)
    return list(found.values())


def _year_of(case: _Case, day: date) -> int:
    """The year of the subscription; a bill after the last day of the last one is still of it."""
    index = month_index(case.draft.starts_on, max(day, case.draft.starts_on))
    return min((index - 1) // 12 + 1, YEARS)


def _years(
    case: _Case, own: Sequence[BilledFact], new: Sequence[FeeLine], elsewhere: Sequence[tuple[date, Money]]
) -> Iterator[ForeseenYear]:
    """A line that runs over an anniversary is shared by days between the two years."""
    anniversaries = [add_months(case.draft.starts_on, 12 * year) for year in range(1, YEARS)]
    billed: dict[int, list[Money]] = defaultdict(list)
    fees: dict[int, dict[str, list[Money]]] = defaultdict(lambda: defaultdict(list))
    for fact in own:
        for year, part in _by_year(
            case, fact.service, anniversaries, Money(fact.billed_minor, fact.currency)
        ):
            billed[year].append(part)
    for line in new:
        # A top-up is for a period of its own, and belongs to the year in which that ends.
        span = line.service if line.invoice_line else Span(line.event_day, line.event_day + timedelta(days=1))
        for year, part in _by_year(case, span, anniversaries, line.earned):
            if line.clause:
                fees[year][line.clause].append(part)
    for year in range(1, YEARS + 1):
        totals = [(name, sum_money(parts, case.currency)) for name, parts in fees[year].items()]
        yield ForeseenYear(
            year=year,
            billed=sum_money(billed[year], case.currency),
            fee=sum_money((fee for _, fee in totals), case.currency),
            by_clause=tuple(sorted(totals, key=lambda each: -each[1].minor)),
            elsewhere=sum_money(
                (amount for day, amount in elsewhere if _year_of(case, day) == year), case.currency
            ),
        )


def _by_year(
    case: _Case, span: Span, anniversaries: list[date], amount: Money
) -> Iterator[tuple[int, Money]]:
    pieces = span.cut(anniversaries)
    parts = share(amount, [piece.days for piece in pieces])
    return zip((_year_of(case, piece.first) for piece in pieces), parts, strict=True)


def _months(
    case: _Case, own: Sequence[BilledFact], new: Sequence[FeeLine], elsewhere: Sequence[tuple[date, Money]]
) -> Iterator[ForeseenMonth]:
    for month in case.months:
        yield ForeseenMonth(
            month=month,
            billed=sum_money(
                (
                    Money(fact.billed_minor, fact.currency)
                    for fact in own
                    if Month.of(fact.invoice_day) == month
                ),
                case.currency,
            ),
            fee=sum_money((line.earned for line in new if Month.of(line.event_day) == month), case.currency),
            elsewhere=sum_money(
                (amount for day, amount in elsewhere if Month.of(day) == month), case.currency
            ),
        )
