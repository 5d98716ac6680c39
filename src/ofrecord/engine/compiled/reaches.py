"""What program versions say about a sale before any clause is asked: which versions reach it when, as small tables.

A *stage* names the clauses that reach a sale on some days: versions in the order in which they are heard, joined by
"~". The last of them governs and is heard in whole; of each before it only the clauses stay that pay and are not for
the time until renewal. A version of which nothing stays is left out. A *chain* names in the same way all versions that
ever govern the sale, the one that it was made under first.

What a version says to all sales while it is in force is no part of either: see `extensions`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from ofrecord.engine.flat import table_of
from ofrecord.engine.types import Laws
from ofrecord.kernel.calendar import add_months, month_index
from ofrecord.program.clause_types import DESIGNATION, FORMER_PARTNER, Applies, Basis, Clause, Earned
from ofrecord.program.types import CHARGEBACK, REFUND, WON_BACK, Proration, Terms

_TEXT, _DAY, _COUNT, _TRUTH = pa.string(), pa.date32(), pa.int32(), pa.bool_()
_COUNTS: Final = pa.list_(_COUNT)
_THEN: Final = "~"
# The days before any sale and after every one: a table of days that is joined has no gap and no NULL.
ALWAYS: Final = date.min
NEVER: Final = date.max
# No month of any sale comes after it.
NO_MONTH: Final = 2**31 - 1

VERSIONS: Final = pa.schema(
    [
        pa.field("terms_sha256", _TEXT),
        pa.field("program", _TEXT),
        pa.field("version", _TEXT),
        pa.field("rounding", _TEXT),
        pa.field("lowest_tier", _TEXT),
        pa.field("first_segment", _TEXT),
        pa.field("time_zone", _TEXT),
        pa.field("proration", _TEXT),
        # After how many days from the bill, or the last payment for it, nothing is taken back; NULL is without end.
        pa.field("claw_window", _COUNT),
        pa.field("last_day_included", _TRUTH),
        pa.field("pays_collected", _TRUTH),
    ]
)
OFFERS: Final = pa.schema([pa.field(name, _TEXT) for name in ("terms_sha256", "offer", "family")])
REDUCING: Final = pa.schema(
    [pa.field("terms_sha256", _TEXT), pa.field("kind", _TEXT), pa.field("is_money_back", _TRUTH)]
)
STAGES: Final = pa.schema(
    [
        pa.field("terms_sha256", _TEXT),
        pa.field("started_on", _DAY),
        pa.field("commitment_months", _COUNT),
        pa.field("chain", _TEXT),
        pa.field("stage", _TEXT),
        pa.field("first", _DAY),
        pa.field("until", _DAY),
    ]
)
CUTTING: Final = pa.schema(
    [
        pa.field("chain", _TEXT),
        pa.field("now_sha256", _TEXT),
        # Whether days of service are divided at all; and by the seconds of which time zone, "" for by days.
        pa.field("cuts_days", _TRUTH),
        pa.field("time_zone", _TEXT),
        # Whether a clause asks what kind of deal a seat is, and whether one names the former partner of record.
        pa.field("asks_deal", _TRUTH),
        pa.field("mentions_former", _TRUTH),
        # A clause's months begin or end so many months after the sale started; and at 1 + m, for each month m of the
        # subscription from -1 on, the next of these from m on.
        pa.field("months", _COUNTS),
        pa.field("next_months", _COUNTS),
    ]
)
DESIGNATIONS: Final = pa.schema(
    [
        pa.field("chain", _TEXT),
        pa.field("now_sha256", _TEXT),
        pa.field("role", _TEXT),
        pa.field("months", _COUNT),
    ]
)


@dataclass(frozen=True, slots=True)
class Extension:
    """A version with clauses that apply to all sales, and the days on which it is in force."""

    terms_sha256: str
    first: date
    until: date


def parse_stage(stage: str) -> tuple[tuple[str, bool], ...]:
    """The versions of a stage as they are heard, each with whether only what stays of it is."""
    *before, governing = stage.split(_THEN)
    return (*((sha256, True) for sha256 in before), (governing, False))


def parse_chain(chain: str) -> tuple[str, ...]:
    """All versions that ever govern the sale, each in whole, the one that it was made under first."""
    return tuple(chain.split(_THEN))


def staying(terms: Terms) -> tuple[Clause, ...]:
    """What a version still pays after a sale was renewed under another; what it declared unpaid is over."""
    return tuple(
        clause for clause in terms.clauses if clause.pays and clause.applies is not Applies.UNTIL_RENEWAL
    )


def extending(terms: Terms) -> tuple[Clause, ...]:
    """What a version says to all sales while it is in force."""
    return tuple(clause for clause in terms.clauses if clause.applies is Applies.ALL)


def extensions(laws: Laws) -> tuple[Extension, ...]:
    """The versions that reach sales made under others. No two are in force on the same day."""
    found = []
    for place, terms in enumerate(laws.versions):
        until = min((later.effective for later in laws.versions[place + 1 :]), default=NEVER)
        if extending(terms) and terms.effective < until:
            found.append(Extension(terms.sha256, terms.effective, until))
    return tuple(found)


def is_collected(clause: Clause) -> bool:
    """Whether the clause looks at what was paid rather than at what was billed."""
    return clause.basis is Basis.COLLECTED or clause.earned is Earned.WHEN_COLLECTED


def versions_table(laws: Laws) -> pa.Table:
    """What lines and credits are looked at with, one row per version."""
    return table_of(VERSIONS, [_version(terms) for terms in laws.versions])


def _version(terms: Terms) -> dict[str, Any]:
    return {
        "terms_sha256": terms.sha256,
        "program": terms.program,
        "version": terms.version,
        "rounding": terms.rounding.value,
        "lowest_tier": terms.tiers[0] if terms.tiers else "",
        "first_segment": terms.segments[0] if terms.segments else "",
        "time_zone": terms.time_zone,
        "proration": terms.proration.value,
        "claw_window": terms.payment.claw_window,
        "last_day_included": terms.last_day_included,
        "pays_collected": any(is_collected(clause) for clause in terms.clauses),
    }


def offers_table(laws: Laws) -> pa.Table:
    """The family of each offer of each version."""
    rows = [
        {"terms_sha256": terms.sha256, "offer": offer.code, "family": offer.family}
        for terms in laws.versions
        for offer in {offer.code: offer for offer in reversed(terms.offers)}.values()
    ]
    return table_of(OFFERS, rows)


def reducing_table(laws: Laws) -> pa.Table:
    """The kinds of credit that reduce a fee, by version: what won back a chargeback counts as the chargeback does."""
    rows = [
        {
            "terms_sha256": terms.sha256,
            "kind": kind,
            "is_money_back": kind in (REFUND, CHARGEBACK, WON_BACK),
        }
        for terms in laws.versions
        for kind in dict.fromkeys(_reducing(terms))
    ]
    return table_of(REDUCING, rows)


def _reducing(terms: Terms) -> Iterator[str]:
    for kind in terms.payment.reduced_by:
        if kind != WON_BACK:
            yield kind
    if CHARGEBACK in terms.payment.reduced_by:
        yield WON_BACK


def renews(laws: Laws) -> bool:
    """Whether a sale can ever be renewed under another version; if not, its own is its chain and its only stage."""
    return any(_ends_with_renewal(terms) for terms in laws.versions[:-1])


def _ends_with_renewal(terms: Terms) -> bool:
    return any(clause.applies is Applies.UNTIL_RENEWAL for clause in terms.clauses)


def stages_table(laws: Laws, sales: pa.Table) -> pa.Table:
    """The stages of every sale: days that follow one another, the first from ALWAYS and the last until NEVER.

    `sales` has the terms_sha256, started_on and commitment_months that occur, each once.
    """
    return table_of(STAGES, [row for sale in sales.to_pylist() for row in _stages(laws, sale)])


def _stages(laws: Laws, sale: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    governing = [*_governing(laws, **sale)]
    chain = _THEN.join(terms.sha256 for terms, _ in governing)
    ends = [*(since for _, since in governing[1:]), NEVER]
    before: list[str] = []
    for (terms, since), until in zip(governing, ends, strict=True):
        stage = _THEN.join([*before, terms.sha256])
        yield {**sale, "chain": chain, "stage": stage, "first": since, "until": until}
        before += [terms.sha256] if staying(terms) else []


def _governing(
    laws: Laws, terms_sha256: str, started_on: date, commitment_months: int
) -> Iterator[tuple[Terms, date]]:
    """The version of the sale, and those under which it was renewed, each with the day since which it governs."""
    terms, since = laws.by_sha[terms_sha256], ALWAYS
    while True:
        yield terms, since
        following = laws.after(terms)
        if following is None or not _ends_with_renewal(terms):
            return
        earliest = max(following.effective, since + timedelta(days=1), started_on + timedelta(days=1))
        since = _renewal(started_on, max(1, commitment_months), earliest)
        terms = laws.in_force(since) or following


def _renewal(started_on: date, term: int, earliest: date) -> date:
    """The first renewal on the day or after it, when the sale is renewed every `term` months."""
    renewals = max(1, -(-(month_index(started_on, earliest) - 1) // term))
    day = add_months(started_on, renewals * term)
    return day if day >= earliest else add_months(started_on, (renewals + 1) * term)


def cutting_table(laws: Laws, kinds: pa.Table) -> pa.Table:
    """Where a line is cut, for each chain with the version that says something to all, `now_sha256`."""
    return table_of(CUTTING, [_cutting(laws, **kind) for kind in kinds.to_pylist()])


def designations_table(laws: Laws, kinds: pa.Table) -> pa.Table:
    """So many months after a partner was designated in a role a clause's months begin or end, for each kind."""
    rows = [
        {**kind, "role": role, "months": months}
        for kind in kinds.to_pylist()
        for role, months in sorted({*_designated(_heard(laws, **kind))})
    ]
    return table_of(DESIGNATIONS, rows)


def _heard(laws: Laws, chain: str, now_sha256: str) -> list[Clause]:
    """Every clause that can reach a sale of the kind on any day."""
    own = [clause for sha256 in parse_chain(chain) for clause in laws.by_sha[sha256].clauses]
    return [*own, *(extending(laws.by_sha[now_sha256]) if now_sha256 else ())]


def _cutting(laws: Laws, chain: str, now_sha256: str) -> dict[str, Any]:
    own = laws.by_sha[parse_chain(chain)[0]]
    clauses = _heard(laws, chain, now_sha256)
    months = sorted({*_from_start(clauses)})
    return {
        "chain": chain,
        "now_sha256": now_sha256,
        "cuts_days": own.proration is not Proration.FIRST_DAY,
        "time_zone": own.time_zone if own.proration is Proration.BY_SECONDS else "",
        "asks_deal": any(clause.when.deals for clause in clauses),
        "mentions_former": any(FORMER_PARTNER in clause.roles_named for clause in clauses),
        "months": months,
        "next_months": _next(months),
    }


def _next(months: Sequence[int]) -> list[int]:
    last = months[-1] if months else -1
    return [next((each for each in months if each >= month), NO_MONTH) for month in range(-1, last + 2)]


def _from_start(clauses: Sequence[Clause]) -> Iterator[int]:
    for clause in clauses:
        if clause.when.months_from != DESIGNATION:
            yield from _ends(clause)


def _designated(clauses: Sequence[Clause]) -> Iterator[tuple[str, int]]:
    for clause in clauses:
        if clause.when.months_from == DESIGNATION:
            yield from ((role, months) for role in clause.roles_named for months in _ends(clause))


def _ends(clause: Clause) -> Iterator[int]:
    """How many whole months go before those that the clause asks for, and before those that follow them."""
    if clause.when.months is not None:
        yield clause.when.months.first - 1
        if clause.when.months.last is not None:
            yield clause.when.months.last
