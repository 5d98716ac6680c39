"""Why a case that no clause claims pays nothing, in a sentence."""

from collections.abc import Sequence

from ofrecord.engine.judging.claims import Case, Considered, failures
from ofrecord.program.types import Terms


def why_nothing(terms: Terms, considered: Sequence[Considered], case: Case) -> str:
    """The nearest that a clause came to paying: it waits for the payment, or for more sales; else none covers it."""
    waiting = next((each for each in considered if _only_waits(each, case)), None)
    if waiting is not None:
        return f"{waiting.clause.title} pays as far as the customer has paid."
    short = next((each for each in considered if each.failed == "needs"), None)
    if short is not None:
        return f"{short.clause.title} needs more sales than the partner had made."
    return f"No clause of {terms.title} {terms.version} covers this case."


def _only_waits(each: Considered, case: Case) -> bool:
    """Whether nothing but the payment is missing."""
    return each.failed == "earned" and len([*failures(each.clause, case)]) == 1
