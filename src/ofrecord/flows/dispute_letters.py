"""The letters of a dispute: each side hears what the other wrote, and gets its own words back."""

from ofrecord.flows.letters import Letter
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.words import month_words
from ofrecord.statements.types import Outcome

_ENDED = {
    Outcome.UPHELD: "has upheld your dispute",
    Outcome.REJECTED: "has rejected your dispute",
}


def opened_to_vendor(partner: str, line: str, month: Month, reason: str, page: str) -> Letter:
    return _letter(
        f"{partner} disputes line {line}",
        f"{partner} disputes a line of its statement of {month_words(month)}. It writes:",
        reason,
        f"Answer it here: {page}",
    )


def opened_to_partner(vendor: str, line: str, month: Month, reason: str, page: str) -> Letter:
    return _letter(
        f"Your dispute of line {line}",
        f"{vendor} has received your dispute of a line of {month_words(month)}, and answers it. You wrote:",
        reason,
        f"It stays on the line: {page}",
    )


def answered_to_partner(vendor: str, line: str, outcome: Outcome, answer: str, page: str) -> Letter:
    correction = (
        "What is due comes as a correction on a later statement." if outcome is Outcome.UPHELD else ""
    )
    return _letter(
        f"{vendor} {_ENDED[outcome]} of line {line}",
        f"{vendor} {_ENDED[outcome]} of line {line}. It writes:",
        answer,
        correction,
        f"The line: {page}",
    )


def answered_to_vendor(partner: str, line: str, outcome: Outcome, answer: str, page: str) -> Letter:
    return _letter(
        f"The dispute of {partner} about line {line} was {outcome.value}",
        f"The dispute of {partner} about line {line} was {outcome.value}. The answer:",
        answer,
        f"The dispute: {page}",
    )


def withdrawn_to_vendor(partner: str, line: str, said: str, page: str) -> Letter:
    return _letter(
        f"{partner} has withdrawn its dispute of line {line}",
        f"{partner} has withdrawn its dispute of line {line}. No answer is needed.",
        said,
        f"The dispute: {page}",
    )


def withdrawn_to_partner(vendor: str, line: str, page: str) -> Letter:
    return _letter(
        f"Your dispute of line {line} is withdrawn",
        f"{vendor} no longer answers your dispute of line {line}. You may open another one.",
        f"The line: {page}",
    )


def _letter(subject: str, *paragraphs: str) -> Letter:
    return subject, "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
