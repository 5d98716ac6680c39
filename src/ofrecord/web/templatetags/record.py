"""Template tags, by `{% load record %}`: how values are written, and parts too small for a template."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.web import words
from ofrecord.web.parts import State, Tone, Working
from ofrecord.web.present import presented

register = template.Library()


@register.filter
def money(value: Money | None) -> str:
    """`{{ line.fee|money }}`: "2,700.00 USD"; a dash for nothing."""
    return words.NOTHING if value is None else words.money_text(value)


@register.filter
def amount(value: Money | None) -> str:
    """`{{ line.fee|amount }}`: "2,700.00", under a heading that states the currency."""
    return words.NOTHING if value is None else words.amount_text(value)


@register.filter
def together(values: Sequence[Money]) -> str:
    """`{{ fees|together }}`: "148.06 EUR and 2,700.00 USD", a sum for each currency; without those of nothing, unless
    all are.
    """
    told = [value for value in values if value] or values
    return words.joined([words.money_text(value) for value in told])


@register.filter
def count(value: int | None) -> str:
    """`{{ rows|count }}`: "48,211"."""
    return words.NOTHING if value is None else words.count_text(value)


@register.filter
def day(value: date | None, form: str = "long") -> str:
    """`{{ invoice.day|day }}`: "3 November 2026"; `|day:"short"`: "3 Nov 2026"; an instant's day is its day here."""
    return words.NOTHING if value is None else words.day_text(value, form)


@register.filter
def month(value: Month | date | None) -> str:
    """`{{ book.month|month }}`: "October 2026"."""
    return words.NOTHING if value is None else words.month_text(value)


@register.filter
def when(value: datetime | None) -> str:
    """`{{ link.opened_at|when }}`: "22 November 2026, 14:02", in the current time zone."""
    return words.NOTHING if value is None else words.when_text(value)


@register.filter
def percent(value: Fraction | None) -> str:
    """`{{ clause.rate|percent }}`: "12%"."""
    return words.NOTHING if value is None else words.percent_text(value)


@register.filter
def shown(value: object) -> str | SafeString:
    """`{{ step.figure|shown }}`: any of our values, written the way its kind is written."""
    return presented(value)


@register.filter
def next_month(value: date) -> date:
    """The first day of the month after the day."""
    return Month.of(value).plus(1).first


@register.simple_tag
def state(word: str, tone: str = "plain") -> SafeString:
    """`{% state "paid" "good" %}`: a word and a dot; tones are plain, good, wait and stop."""
    return State(word, Tone(tone)).__html__()


@register.inclusion_tag("parts/why.html")
def why(working: Working | None, is_open: bool = False) -> dict[str, object]:
    """`{% why line.working %}`: the question, which opens on the words, the working and the facts."""
    return {"working": working, "is_open": is_open}


@register.simple_tag
def meter(value: int, of: int, label: str) -> SafeString:
    """`{% meter 111 120 "111 of 120 points" %}`: how much of a whole, drawn; the label says it in words."""
    percent_drawn = max(0, min(100, value * 100 // of)) if of > 0 else 0
    return format_html(
        '<svg class="meter" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="{}" height="1"/></svg>',
        label,
        percent_drawn,
    )
