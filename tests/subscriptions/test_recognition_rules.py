"""Who is recognized on which days, as the rules say it."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.refusal import Refusal
from ofrecord.program.clause_types import FORMER_PARTNER, HOST, REFERRER
from ofrecord.subscriptions.refusals import (
    DayPast,
    RecordUnchanged,
    RoleEnded,
    RoleHeld,
    RoleUnknown,
    ShareOutOfRange,
    SharesTooMuch,
    SpanEmpty,
)
from ofrecord.subscriptions.rules import (
    deal_of,
    former_partners,
    require_end,
    require_role,
    with_change,
)
from ofrecord.subscriptions.types import RecordSpan, RoleSpan

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def on(text: str) -> date:
    return date.fromisoformat(text)


def days(first: str, until: str | None = None) -> Span:
    return Span(on(first), on(until) if until else None)


def of(partner: UUID, first: str, until: str | None = None) -> RecordSpan:
    return RecordSpan(partner, days(first, until))


def former(partner: UUID, first: str, until: str | None = None) -> RoleSpan:
    return RoleSpan(partner, FORMER_PARTNER, days(first, until))


@pytest.mark.parametrize(
    ("running", "deal"),
    [
        ((), "new"),
        (("suite",), "upsell"),
        (("backup",), "cross-sell"),
        (("backup", "suite"), "upsell"),
    ],
)
def test_a_deal_is_what_the_customer_has_running(running: tuple[str, ...], deal: str) -> None:
    assert deal_of("suite", running) == deal


@pytest.mark.parametrize(
    ("records", "formers"),
    [
        ([], []),
        ([of(A, "2010-01-01")], []),
        # Followed by another on the next day: former from that day on, without end.
        ([of(A, "2010-01-01", "2010-03-01"), of(B, "2010-03-01")], [former(A, "2010-03-01")]),
        # Followed by nobody, or by somebody only after a gap: not a change of partner.
        ([of(A, "2010-01-01", "2010-03-01")], []),
        ([of(A, "2010-01-01", "2010-03-01"), of(B, "2010-03-02")], []),
        # Back again: not former on the days on which it is partner of record.
        (
            [of(A, "2010-01-01", "2010-03-01"), of(B, "2010-03-01", "2010-05-01"), of(A, "2010-05-01")],
            [former(A, "2010-03-01", "2010-05-01"), former(B, "2010-05-01")],
        ),
        (
            [
                of(A, "2010-01-01", "2010-03-01"),
                of(B, "2010-03-01", "2010-05-01"),
                of(A, "2010-05-01", "2010-06-01"),
                of(C, "2010-06-01"),
            ],
            [
                former(A, "2010-03-01", "2010-05-01"),
                former(A, "2010-06-01"),
                former(B, "2010-05-01"),
            ],
        ),
    ],
)
def test_a_former_partner_is_who_was_followed_by_another(
    records: list[RecordSpan], formers: list[RoleSpan]
) -> None:
    assert former_partners(records) == formers


def test_a_change_cuts_the_span_in_which_it_lies() -> None:
    after = with_change([of(A, "2010-01-01")], B, on("2010-03-01"), replaces_later=False)
    assert after == [of(A, "2010-01-01", "2010-03-01"), of(B, "2010-03-01")]


def test_a_change_from_the_first_day_leaves_nothing_of_the_former() -> None:
    assert with_change([of(A, "2010-01-01")], B, on("2010-01-01"), replaces_later=False) == [
        of(B, "2010-01-01")
    ]


def test_a_change_lasts_until_the_next_one_unless_that_is_replaced() -> None:
    records = [of(A, "2010-01-01", "2010-06-01"), of(B, "2010-06-01")]
    assert with_change(records, C, on("2010-03-01"), replaces_later=False) == [
        of(A, "2010-01-01", "2010-03-01"),
        of(C, "2010-03-01", "2010-06-01"),
        of(B, "2010-06-01"),
    ]
    assert with_change(records, C, on("2010-03-01"), replaces_later=True) == [
        of(A, "2010-01-01", "2010-03-01"),
        of(C, "2010-03-01"),
    ]


def test_a_change_to_nobody_leaves_the_days_empty() -> None:
    records = [of(A, "2010-01-01", "2010-06-01"), of(B, "2010-06-01")]
    assert with_change(records, None, on("2010-05-01"), replaces_later=False) == [
        of(A, "2010-01-01", "2010-05-01"),
        of(B, "2010-06-01"),
    ]


def test_a_change_taken_back_leaves_no_trace() -> None:
    changed = with_change([of(A, "2010-01-01")], B, on("2010-03-01"), replaces_later=False)
    assert with_change(changed, A, on("2010-03-01"), replaces_later=False) == [of(A, "2010-01-01")]


def test_what_is_recorded_already_is_refused() -> None:
    with pytest.raises(RecordUnchanged):
        with_change([of(A, "2010-01-01")], A, on("2010-03-01"), replaces_later=False)
    with pytest.raises(RecordUnchanged):
        with_change([], None, on("2010-03-01"), replaces_later=True)


_DAY = st.integers(0, 12).map(lambda number: date(2010, 1, 1) + timedelta(days=number))
_CHANGES = st.lists(st.tuples(st.sampled_from([A, B, C, None]), _DAY, st.booleans()), max_size=8)


def _by_day(records: Sequence[RecordSpan], day: date) -> UUID | None:
    return next((record.partner_id for record in records if record.span.has(day)), None)


@given(_CHANGES)
def test_after_any_changes_each_day_has_who_was_said_for_it_last(
    changes: list[tuple[UUID | None, date, bool]],
) -> None:
    every = [date(2010, 1, 1) + timedelta(days=number) for number in range(15)]
    records: list[RecordSpan] = []
    expected: dict[date, UUID | None] = dict.fromkeys(every)
    for partner, first, replaces in changes:
        begun = [record.span.first for record in records if record.span.first > first]
        until = date.max if replaces or not begun else min(begun)
        wanted = expected | {day: partner for day in every if first <= day < until}
        try:
            records = with_change(records, partner, first, replaces_later=replaces)
        except RecordUnchanged:
            assert wanted == expected
        expected = wanted
        assert {day: _by_day(records, day) for day in every} == expected
        ends = [(record.span.until, following.span.first) for record, following in pairwise(records)]
        assert all(until is not None and until <= begins for until, begins in ends)
        for former_one in former_partners(records):
            assert all(
                _by_day(records, day) != former_one.partner_id for day in every if former_one.span.has(day)
            )


def held(
    partner: UUID, share: str | None, first: str, until: str | None = None, role: str = REFERRER
) -> RoleSpan:
    return RoleSpan(partner, role, days(first, until), Fraction(share) if share else None)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (held(B, "2/3", "2010-01-01"), None),
        (held(B, "2/3", "2010-01-01", role=HOST), None),
        (held(B, None, "2009-01-01", "2010-01-01"), None),
        (held(B, "1", "2010-06-01"), None),
        # A third and three quarters make 13/12 on the first day that both have.
        (held(B, "3/4", "2009-06-01"), SharesTooMuch),
        # Without a share it would hold the role alone, beside one that has a third.
        (held(B, None, "2010-05-31"), SharesTooMuch),
        (held(A, "1/3", "2010-05-31"), RoleHeld),
        (held(B, "2", "2010-01-01"), ShareOutOfRange),
        (held(B, "-1/2", "2010-01-01"), ShareOutOfRange),
        (held(B, None, "2010-01-01", role="partner of record"), RoleUnknown),
        (held(B, None, "2010-01-01", role="friend"), RoleUnknown),
        (held(B, None, "2010-01-01", "2010-01-01"), SpanEmpty),
    ],
)
def test_a_role_is_held_once_and_shared_to_the_whole_at_most(
    wanted: RoleSpan, refusal: type[Refusal] | None
) -> None:
    beside = [held(A, "1/3", "2010-01-01", "2010-06-01")]
    if refusal is None:
        require_role(beside, wanted, "Quill Marsh")
        return
    with pytest.raises(refusal) as caught:
        require_role(beside, wanted, "Quill Marsh")
    assert caught.value.sentence()
    assert caught.value.remedy()


def test_the_first_day_with_too_much_is_named() -> None:
    beside = [held(A, "1/2", "2010-01-01"), held(C, "1/4", "2010-03-01")]
    with pytest.raises(SharesTooMuch) as caught:
        require_role(beside, held(B, "1/3", "2009-01-01"), "Quill Marsh")
    assert (caught.value.day, caught.value.total) == (on("2010-03-01"), Fraction(13, 12))
    assert str(caught.value) == (
        "On 1 March 2010 the shares of the referrer would be 13/12. "
        "They make at most 100%; who has no share holds the role alone. End the other role first."
    )


def test_a_role_ends_on_one_of_its_own_days() -> None:
    role = held(A, None, "2010-01-01", "2010-06-01")
    require_end(role, on("2010-01-01"))
    require_end(role, on("2010-05-31"))
    with pytest.raises(DayPast):
        require_end(role, on("2009-12-31"))
    with pytest.raises(RoleEnded):
        require_end(role, on("2010-06-01"))
