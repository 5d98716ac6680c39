"""Why a line is corrected: what is known now that was not when it was booked, in a sentence."""

from collections.abc import Iterator, Sequence

from ofrecord.engine.types import POOL, FeeLine
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words, money_words


def cause_of(now: FeeLine, before: FeeLine) -> str:
    """The differences between two workings of one key, those that come first in the working first."""
    found = list(_differences(now, before))
    return " ".join(found) if found else "What came before it in the period has changed."


def withdrawn_because(before: FeeLine, now: Sequence[FeeLine]) -> str:
    """Why nothing claims a key any more; `now` is what the same event gives the same partner in the same role."""
    if not now:
        return f"By what is known now, the partner was not {before.role} on these days."
    other = next((line for line in now if line.service.common(before.service)), now[0])
    return " ".join([*_changed_facts(other, before), _what_holds(other, before)])


def _changed_facts(now: FeeLine, before: FeeLine) -> Iterator[str]:
    """The facts that clauses ask for and that are others now."""
    if now.tier != before.tier:
        yield _other_tier(now, before)
    if now.segment != before.segment:
        yield f"The customer's segment was {now.segment or 'none'}, not {before.segment or 'none'}."
    if now.deal != before.deal:
        yield f"The sale was {now.deal}, not {before.deal}."


def _what_holds(now: FeeLine, before: FeeLine) -> str:
    if now.clause == before.clause:
        return "The days of the line are divided in another way."
    return f"Clause {now.clause} holds instead." if now.clause else now.reason


def _other_tier(now: FeeLine, before: FeeLine) -> str:
    return (
        f"The partner's tier on the day of the invoice was {now.tier or 'none'}, not {before.tier or 'none'}."
    )


def _differences(now: FeeLine, before: FeeLine) -> Iterator[str]:
    if now.withdrawn:
        yield now.reason
        return
    if now.credited_minor != before.credited_minor:
        yield _taken_back(now, before)
    elif now.source_minor != before.source_minor:
        yield _other_amount(now, before)
    if now.weights != before.weights or now.service != before.service:
        yield "The days of the line are divided in another way."
    # A tier chooses between clauses and changes nothing under one: where the clause is the same it is no cause.
    if now.part != before.part:
        yield f"The partner's share is {rate_text(now.part)}, not {rate_text(before.part)}."
    if now.measured != before.measured:
        yield "What the bands are counted in has changed."
    if now.baseline_minor != before.baseline_minor:
        yield "What growth is compared with has changed."
    if now.cap_used_minor != before.cap_used_minor:
        yield f"Of the cap {_money(now, now.cap_used_minor)} was used before, not {_money(now, before.cap_used_minor)}."
    if now.terms_sha256 != before.terms_sha256:
        yield f"Version {now.version} governs it, not {before.version}."
    yield from _exchange(now, before)


def _other_amount(now: FeeLine, before: FeeLine) -> str:
    whole = "What was pooled" if now.source == POOL else "What it is a share of"
    return f"{whole} is {_money(now, now.source_minor)}, not {_money(now, before.source_minor)}."


def _taken_back(now: FeeLine, before: FeeLine) -> str:
    more = before.credited_minor - now.credited_minor
    day = f" on {day_words(now.credited_on)}" if now.credited_on else ""
    if more > 0:
        return f"{_money(now, more)} of what was billed was taken back{day}."
    return f"{_money(now, -more)} that had been taken back was returned{day}."


def _exchange(now: FeeLine, before: FeeLine) -> Iterator[str]:
    if before.waits and not now.waits:
        yield "The exchange rate that it waited for is known."
    elif now.exchange != before.exchange:
        yield f"The exchange rate of {now.exchange_day} was corrected."


def _money(line: FeeLine, minor: int) -> str:
    return money_words(Money(minor, line.currency))
