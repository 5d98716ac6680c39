"""Further sales to the customer of the story: it is where it is, and has what it bought before."""

from collections.abc import Sequence
from typing import Final

from ofrecord.kernel.calendar import Span, add_months
from ofrecord.program.clause_types import CROSS_SELL, NEW, UPSELL
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading
from ofrecord.program.story_types import Story

# What is a fact of the customer, and not of the sale.
OF_THE_CUSTOMER: Final = ("region", "segment")


def check_same_customer(reading: Reading, path: Path, sale: Story, story: Story) -> None:
    """Notes where a sale to the customer of the story says something else of that customer than the story."""
    for fact in OF_THE_CUSTOMER if sale.same_customer else ():
        known = getattr(story, fact)
        if getattr(sale, fact) != known:
            says = f"The customer of the story has the {fact} {known}, and this sale is to the same."
            remedy = f'Write `{fact} = "{known}"`, or leave `customer` out: then it is another one.'
            reading.fault((*path, fact), says, remedy)


def deal_by_itself(sale: Story, before: Sequence[Story]) -> str:
    """What kind of deal a sale is by the offers that its customer has running on the day on which it starts."""
    running = {other.offer for other in before if _service(other).has(sale.start)}
    return NEW if not running else UPSELL if sale.offer in running else CROSS_SELL


def _service(sale: Story) -> Span:
    return Span(sale.start, sale.cancelled_from or add_months(sale.start, sale.months))
