"""What is added up over sales: what a partner must have sold, what bands are counted in, where growth starts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from ofrecord.engine.judging.claims import Case, static_failures
from ofrecord.engine.judging.events import Event, Moment
from ofrecord.engine.types import SALE, BilledFact
from ofrecord.kernel.calendar import Span, add_months
from ofrecord.kernel.money import Rounding, round_fraction
from ofrecord.program.clause_types import (
    NEW,
    Clause,
    Growth,
    Measure,
    Needs,
    Per,
    Period,
    Scope,
    Unit,
    period_of,
)
from ofrecord.program.types import Terms

AddedUp = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Sold:
    """A subscription as a sale of a partner in a role."""

    subscription: str
    customer: str
    started_on: date
    seats: int
    deal: str
    currency: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of what a clause needs a partner has sold; what was billed in the currency that the clause names."""

    new_customers: int
    seats: int
    subscriptions: int
    billed_minor: int

    def is_enough(self, needs: Needs) -> bool:
        return (
            self.new_customers >= needs.new_customers
            and self.seats >= needs.seats
            and self.subscriptions >= needs.subscriptions
            and (needs.billed is None or self.billed_minor >= needs.billed.minor)
        )


# Few days come in many events.
_period_of = lru_cache(maxsize=4096)(period_of)


@dataclass(frozen=True, slots=True)
class Question:
    """By which clause is asked, for whom in which role, what was sold in which days and until when."""

    clause: tuple[str, str]
    seller: tuple[str, str]
    during: Span
    until: date
    # What the clause states, so it tells no two questions apart.
    needs: Needs = field(compare=False)


def _question(terms: Terms, clause: Clause, case: Case) -> Question:
    needs = clause.needs
    assert needs is not None, "only such a clause is asked"
    during = needs.during or _period_of(needs.period, case.event.fact.started_on, terms.year_from)
    until = date.max if needs.for_all else case.event.day
    seller = (case.partner.partner, case.partner.role)
    return Question((terms.sha256, clause.name), seller, during, until, needs)


@dataclass(slots=True)
class Sales:
    """All sales by partner and role, each with what was billed for it, day by day."""

    by_seller: dict[tuple[str, str], dict[str, Sold]] = field(default_factory=lambda: defaultdict(dict))
    billed: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    net: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[Question, bool] = field(default_factory=dict)

    def add(self, fact: BilledFact, net_minor: int) -> None:
        """Counts the fact; a sale of which everything was taken back is none."""
        self.billed[fact.subscription].append((fact.invoice_day, net_minor))
        self.net[fact.subscription] += net_minor
        seats = fact.first_seats or fact.seats
        for partner in fact.partners:
            if partner.span.has(fact.started_on):
                sold = Sold(
                    fact.subscription, fact.customer, fact.started_on, seats, fact.deal, fact.currency
                )
                self.by_seller[partner.partner, partner.role].setdefault(fact.subscription, sold)

    def is_met(self, terms: Terms, clause: Clause, case: Case) -> bool:
        """Whether the partner has sold what the clause needs, by the day of the event or in the whole period."""
        # All cases of a partner on one day ask the same.
        question = _question(terms, clause, case)
        if question not in self.asked:
            self.asked[question] = self.answer(question)
        return self.asked[question]

    def answer(self, question: Question) -> bool:
        """What is told now, whatever was before."""
        return self._progress(question).is_enough(question.needs)

    def progress(self, terms: Terms, clause: Clause, case: Case) -> Progress:
        """How much of what the clause needs the partner has sold, by the same day or in the same period."""
        return self._progress(_question(terms, clause, case))

    def _progress(self, question: Question) -> Progress:
        own = self.by_seller.get(question.seller, {}).values()
        during, until = question.during, question.until
        sold = [
            each
            for each in own
            if during.has(each.started_on) and each.started_on <= until and self.net[each.subscription] > 0
        ]
        return self.progress_of(question.needs, sold, until)

    def progress_of(self, needs: Needs, sold: Sequence[Sold], until: date) -> Progress:
        """What those sales come to by the day."""
        own = [each.subscription for each in sold if needs.billed and each.currency == needs.billed.currency]
        return Progress(
            new_customers=len({each.customer for each in sold if each.deal == NEW}),
            seats=sum(each.seats for each in sold),
            subscriptions=len(sold),
            billed_minor=sum(minor for each in own for day, minor in self.billed[each] if day <= until),
        )


def scope_id(scope: Scope, case: Case) -> str:
    """What is added up together in the scope."""
    if scope is Scope.PARTNER:
        return case.partner.partner
    fact = case.event.fact
    if scope is Scope.CUSTOMER:
        return fact.customer
    return fact.subscription if scope is Scope.SUBSCRIPTION else fact.invoice_line


def added_up(terms: Terms, clause: Clause, per: Per, case: Case, years_before: int = 0) -> AddedUp:
    """Under which name a case is added up: its clause, its scope, its period, its currency."""
    return (
        clause.name,
        scope_id(per.scope, case),
        _period_name(per.period, add_months(case.event.day, -12 * years_before), terms.year_from),
        case.event.fact.currency,
    )


def _period_name(period: Period, day: date, year_from: tuple[int, int]) -> str:
    return period_name(period, _period_of(period, day, year_from).first)


def period_name(period: Period, first: date) -> str:
    """A month, a quarter and a year that begin on one day have names of their own: versions of one clause may add up
    over periods of several kinds.
    """
    return f"{period.value} {first}"


@dataclass(slots=True)
class Totals:
    """What whole-amount bands and growth look at: sums over whole periods, known before anything is reckoned."""

    amounts: dict[AddedUp, int] = field(default_factory=lambda: defaultdict(int))
    seats: dict[AddedUp, dict[str, tuple[date, int]]] = field(default_factory=lambda: defaultdict(dict))
    customers: dict[AddedUp, set[str]] = field(default_factory=lambda: defaultdict(set))
    baselines: dict[tuple[str, AddedUp], int] = field(default_factory=lambda: defaultdict(int))
    firsts: dict[tuple[str, str], Moment] = field(default_factory=dict)
    counted: set[tuple[AddedUp, str, str, int]] = field(default_factory=set)
    sums: dict[AddedUp, int] = field(default_factory=dict)

    def note_event(self, event: Event) -> None:
        """Keeps the first event of its subscription, and of its customer if new, of which something is left."""
        if event.net_minor <= 0:
            return
        for what in (event.fact.subscription, event.fact.customer):
            name, moment = (event.source, what), event.moment
            self.firsts[name] = min(self.firsts.get(name, moment), moment)

    def is_first(self, unit: Unit, case: Case) -> bool:
        """Whether the case is the first that was billed, or paid, of its subscription or of a new customer."""
        event = case.event
        if unit is Unit.CUSTOMER and event.fact.deal != NEW:
            return False
        what = event.fact.customer if unit is Unit.CUSTOMER else event.fact.subscription
        return self.firsts.get((event.source, what)) == event.moment

    def count(self, terms: Terms, clause: Clause, case: Case, basis_minor: int) -> None:
        """Counts a case that the clause claims."""
        if clause.bands is None or clause.bands.graduated or basis_minor <= 0:
            return
        name = added_up(terms, clause, clause.bands.per, case)
        if self._is_counted(name, terms, case):
            return
        own = case.partner.share if clause.bands.per.scope is Scope.PARTNER else None
        self.amounts[name] += basis_minor if own is None else int(basis_minor * own)
        fact = case.event.fact
        latest = max(
            self.seats[name].get(fact.subscription, (date.min, 0)), (case.piece.service.first, fact.seats)
        )
        self.seats[name][fact.subscription] = latest
        self.customers[name].add(fact.customer)

    def _is_counted(self, name: AddedUp, terms: Terms, case: Case) -> bool:
        """Whether the piece was counted under the name: several who share what it pays have sold it once."""
        counted = (name, terms.sha256, case.event.id, case.piece.number)
        if counted in self.counted:
            return True
        self.counted.add(counted)
        return False

    def reached(self, terms: Terms, clause: Clause, case: Case) -> int:
        """How much there is in all of what the clause's whole-amount bands are counted in."""
        assert clause.bands is not None, "only bands are counted"
        name = added_up(terms, clause, clause.bands.per, case)
        if name not in self.sums:
            self.sums[name] = self._sum(name, clause.bands.measure)
        return self.sums[name]

    def _sum(self, name: AddedUp, measure: Measure) -> int:
        return {
            Measure.AMOUNT: lambda: self.amounts[name],
            Measure.SEATS: lambda: sum(seats for _, seats in self.seats[name].values()),
            Measure.CUSTOMERS: lambda: len(self.customers[name]),
            Measure.SUBSCRIPTIONS: lambda: len(self.seats[name]),
        }[measure]()

    def count_baseline(
        self, terms: Terms, clause: Clause, growth: Growth, case: Case, basis_minor: int
    ) -> None:
        """Counts a case of the role that a growth clause pays: what later periods are compared with."""
        if case.event.source == SALE and not any(static_failures(clause, case)):
            name = added_up(terms, clause, growth.per, case)
            if not self._is_counted(name, terms, case):
                self.baselines[terms.sha256, name] += basis_minor

    def baseline(self, terms: Terms, clause: Clause, growth: Growth, case: Case) -> int:
        """What must be passed before growth is paid for; zero where there was nothing a year before."""
        a_year_ago = added_up(terms, clause, growth.per, case, years_before=1)
        before = self.baselines.get((terms.sha256, a_year_ago), 0)
        return round_fraction(before * growth.factor, Rounding.HALF_UP)


def growth_clauses(versions: Iterable[Terms]) -> list[tuple[Terms, Clause]]:
    """The clauses that pay for growth, of all versions."""
    return [(terms, clause) for terms in versions for clause in terms.clauses if clause.growth is not None]
