"""The letters that the story sends, as subject and text. They carry no secret but an invitation's."""

from datetime import date
from typing import Any

from ofrecord.kernel.words import day_words

Letter = tuple[str, str]


def _letter(subject: str, *paragraphs: str) -> Letter:
    return subject, "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def application_received(vendor: str, partner: str) -> Letter:
    return _letter(
        f"Your application to {vendor}",
        f"{vendor} has received the application of {partner} and will decide on it.",
        "You will get the decision, with its reason, at this address.",
    )


def application_approved(vendor: str, partner: str, link: str, expires_on: date) -> Letter:
    return _letter(
        f"Welcome: {partner} is a partner of {vendor}",
        f"{vendor} has approved {partner}. Choose your password here; the link is open until {day_words(expires_on)}:",
        link,
        "Then read and accept the program, and you can sell.",
    )


def application_refused(vendor: str, partner: str, reason: str) -> Letter:
    return _letter(
        f"Your application to {vendor}",
        f"{vendor} has not approved the application of {partner}. The reason it gives:",
        reason,
    )


def invitation(house: str, inviter: str, link: str, expires_on: date) -> Letter:
    return _letter(
        f"{inviter} invites you to {house} on Of Record",
        f"{inviter} has given you a place at {house}. Choose your password here:",
        link,
        f"The link is open until {day_words(expires_on)} and works once.",
    )


def _sheet(shown: dict[str, Any]) -> str:
    lines = [
        f"Order       {shown['order']}",
        f"What        {shown['offer']}, {shown['seats']} seats at {shown['unit_price']} a month",
        f"Price       {shown['monthly']} a month, {shown['yearly']} a year, before tax",
        f"Starts      {shown['starts_on']}, agreed for {shown['commitment_months']} months",
        f"Billed by   {shown['vendor']}, at the end of each month",
    ]
    if shown["partner"]:
        paid = ", who is paid a fee for it" if shown["partner_is_paid"] else ""
        lines.append(f"Partner     {shown['partner']}{paid}")
    lines.extend(
        f"Service     {line['text']}: {line['price']} {line['billed']}, billed by {shown['partner']}"
        for line in shown["services"]
    )
    lines.append(f"Accepted    {shown['conditions_title']}")
    return "\n".join(lines)


def confirmed_to_customer(shown: dict[str, Any], sha256: str) -> Letter:
    return _letter(
        f"Your order {shown['order']} with {shown['vendor']} is confirmed",
        "This is the record of what you confirmed:",
        _sheet(shown),
        f"Record {sha256}",
    )


def confirmed_to_partner(shown: dict[str, Any], page: str) -> Letter:
    return _letter(
        f"{shown['customer']} confirmed the order {shown['order']}",
        _sheet(shown),
        f"The order: {page}",
    )


def declined_to_partner(number: str, customer: str, reason: str, page: str) -> Letter:
    said = f"The reason: {reason}" if reason.strip() else "No reason was given."
    return _letter(f"{customer} declined the order {number}", said, f"The order: {page}")


def question_to_partner(number: str, customer: str, who: str, text: str, page: str) -> Letter:
    return _letter(
        f"A question of {customer} on the order {number}", f"{who} asks:", text, f"The order: {page}"
    )
