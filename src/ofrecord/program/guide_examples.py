"""The worked examples of the guide: the story as it was executed, and what came out."""

from collections.abc import Iterator, Sequence

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words, money_words, month_words
from ofrecord.program.clause_types import NEW, Clause
from ofrecord.program.clause_words import offer_title, share_words, way_title
from ofrecord.program.guide_parts import Grid, Paragraph, Points, Section
from ofrecord.program.story_types import (
    Story,
    StoryCredit,
    StoryPartner,
    WorkedExample,
    WorkedPart,
    WorkedPeriod,
)
from ofrecord.program.types import Terms
from ofrecord.program.words import capital, count_words


def examples_section(terms: Terms, examples: Sequence[WorkedExample]) -> Section:
    """All examples, each with the amounts that were computed."""
    sections = tuple(_example(terms, number, worked) for number, worked in enumerate(examples, start=1))
    lead = (Paragraph("Computed by the rules that pay:"),) if sections else ()
    return Section("examples", "Worked examples", lead, sections)


def _example(terms: Terms, number: int, worked: WorkedExample) -> Section:
    story = worked.example.story
    sale = Paragraph(_sale_words(terms, story, money_words(story.price or worked.unit_price)))
    turns = tuple(_turns(terms, story))
    rows = [_row(capital(period.period), period) for period in worked.periods]
    rows += [_row(f"{capital(p.period)}, to {who}", p) for who, periods in worked.to for p in periods]
    grid = Grid(("Period", "Working", "Paid"), tuple(rows))
    blocks = (sale, *((Points(turns),) if turns else ()), grid)
    return Section(f"example-{number}", worked.example.says, blocks)


def _row(title: str, period: WorkedPeriod) -> tuple[str, ...]:
    return (title, _parts_words(period), money_words(period.paid))


def _sale_words(terms: Terms, story: Story, price: str) -> str:
    """The story as it was executed, its defaults said too."""
    tier = f", partner of tier {story.tier}" if story.tier else ""
    segment = f", customer of segment {story.segment}" if story.segment else ""
    deal = "" if story.deal == NEW else f", {story.deal}"
    return (
        f"{offer_title(terms, story.offer)} in {story.region}, {way_title(terms, story.way)}{tier}{segment}{deal}: "
        f"{count_words(story.seats, 'seat')} at {price} from {day_words(story.start)}, "
        f"agreed for {count_words(story.commitment, 'month')}, told for {count_words(story.months, 'month')}. "
        f"{_payment_words(story)}"
    )


def _payment_words(story: Story) -> str:
    if story.paid_after is None:
        return "No invoice is paid."
    return f"Each invoice is paid after {count_words(story.paid_after, 'day')}."


def _turns(terms: Terms, story: Story) -> Iterator[str]:
    """What happens in the story, and what else is sold and pooled."""
    for change in story.changes:
        yield f"{count_words(change.seats, 'seat')} from {day_words(change.day)} on."
    for tier in story.tiers:
        yield f"Tier {tier.tier} from {day_words(tier.day)} on."
    for partner in story.partners:
        yield _partner_words(partner)
    for credit in story.credits:
        yield _credit_words(credit)
    if story.cancelled_from:
        yield f"No service from {day_words(story.cancelled_from)} on."
    for also in story.also:
        price = money_words(also.price) if also.price else "the list price"
        whom = " to the same customer" if also.same_customer else ""
        yield " ".join([f"Also sold{whom}: {_sale_words(terms, also, price)}", *_turns(terms, also)])
    for month, pool, amount in story.pools:
        yield f"Pooled as “{pool}” for {month_words(Month.parse(month))}: {money_words(amount)}."


def _partner_words(partner: StoryPartner) -> str:
    share = f", share {rate_text(partner.share)}" if partner.share is not None else ""
    until = f" until before {day_words(partner.until)}" if partner.until else " on"
    return f"{partner.name}: {partner.role}{share}, from {day_words(partner.first)}{until}."


def _credit_words(credit: StoryCredit) -> str:
    amount = money_words(credit.amount) if credit.amount else "all"
    return f"{capital(credit.kind)} on {day_words(credit.day)}: {amount} of what was billed for month {credit.month}."


def _parts_words(period: WorkedPeriod) -> str:
    """First year: 12% of 9,000.00 USD is 1,080.00 USD; rounded line by line, so the product may differ by cents."""
    return "; ".join(_part_words(part) for part in period.parts) or "nothing was billed"


def _part_words(part: WorkedPart) -> str:
    clause, basis, fee = part.clause, money_words(part.basis), money_words(part.fee)
    if not clause.pays:
        return f"{clause.title}: nothing of {basis}. {clause.because}"
    if not _is_plain(clause):
        return f"{clause.title}: {fee} on {basis}"
    link = "is" if part.basis.minor * (clause.rate or 0) == part.fee.minor else "rounded line by line is"
    return f"{clause.title}: {share_words(clause)} of {basis} {link} {fee}"


def _is_plain(clause: Clause) -> bool:
    """Whether a fee is the rate times the basis, and nothing else acts on it."""
    acts = (clause.cap, clause.floor, clause.growth, clause.pool_key, clause.split or None)
    return clause.rate is not None and all(each is None for each in acts)
