"""A gallery of the look: pages that show every part, drawn from the real templates with invented figures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory

from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader
from ofrecord.kernel.money import Money
from ofrecord.web.forms import DayInput, RecordForm
from ofrecord.web.lists import Choice, Column, Days, Empty, Listing, Totals
from ofrecord.web.parts import Fact, Linked, Progress, State, Step, Tone, Way, Working

GALLERY = Path(__file__).parent / "gallery"
TODAY = date(2026, 11, 22)


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


@dataclass(frozen=True)
class Sale:
    """A line of a statement."""

    customer: str
    offer: str
    clause: str
    month: str
    billed: Money
    fee: Money
    question: str
    words: str
    day: date = date(2026, 10, 31)
    state: str = "earned"


FIRST_YEAR = (
    "Harbor Lane is partner of record since 2 April 2026. October is the seventh month of this subscription, "
    "so clause First year of version 2026.1 pays 12% of what was billed."
)
SALES = [
    Sale(
        "Parker Hannifin",
        "Business productivity suite, 180 seats",
        "First year",
        "7",
        usd("2700.00"),
        usd("324.00"),
        "Why 324.00?",
        FIRST_YEAR,
    ),
    Sale(
        "Ball Corporation",
        "Mail, 60 seats; 12 more from 14 October",
        "Ongoing",
        "19",
        usd("354.32"),
        usd("21.26"),
        "Why 21.26?",
        FIRST_YEAR,
    ),
    Sale(
        "Teradyne",
        "Credit note N-2026-C041 for August",
        "Correction",
        "11",
        usd("-1290.00"),
        usd("-154.80"),
        "Why −154.80?",
        FIRST_YEAR,
        state="corrected",
    ),
    Sale(
        "Snap-on",
        "Conferencing, 40 seats",
        "No clause pays",
        "2",
        usd("200.00"),
        usd("0.00"),
        "Why nothing?",
        "This sale was made directly. Version 2026.1 pays no fee for direct sales.",
        state="nothing earned",
    ),
]
TONES = {"earned": Tone.GOOD, "corrected": Tone.WAIT, "nothing earned": Tone.PLAIN}


def working_of(sale: Sale) -> Working:
    return Working(
        sale.question,
        [sale.words],
        [
            Step("Billed", "invoice N-2026-10-01188, line 1: 180 seats at 15.00 USD", sale.billed),
            Step("Rate", "first year, partner of record", Fraction(12, 100)),
            Step("Exact", "before rounding, half up per line", "324.000"),
            Step("Fee", "", sale.fee, is_result=True),
        ],
        [
            Fact("Invoice", "N-2026-10-01188", "#invoice"),
            Fact("Clause", "First year, version 2026.1", "#clause"),
            Fact("Partner of record since", "2 April 2026"),
        ],
    )


COLUMNS: tuple[Column[Sale], ...] = (
    Column(
        title="Customer",
        cell=lambda sale: Linked(sale.customer, "#customer", sale.offer),
        sort="customer",
    ),
    Column(title="Clause", cell=lambda sale: sale.clause, sort="clause"),
    Column(title="Month", cell=lambda sale: sale.month, is_numeric=True),
    Column(title="Billed", cell=lambda sale: sale.billed, sort="billed__minor", currency="USD"),
    Column(title="Fee", cell=lambda sale: sale.fee, sort="fee__minor", currency="USD"),
)
STATEMENT: Listing[Sale] = Listing(
    name="lines",
    caption="Lines of the statement",
    columns=COLUMNS,
    sort="-fee",
    search=("customer", "offer"),
    choices=(
        Choice(
            name="clause",
            title="Clause",
            path="clause",
            values=(("First year", "First year"), ("Ongoing", "Ongoing")),
        ),
    ),
    working=working_of,
    is_quiet=lambda sale: not sale.fee,
    empty=Empty("Nothing was earned"),
)
ORDERS: Listing[Sale] = Listing(
    name="orders",
    caption="Orders",
    columns=(
        Column(title="Order", cell=lambda sale: Linked("O-000123", "#order", sale.customer), sort="customer"),
        Column(title="Offer", cell=lambda sale: sale.offer),
        Column(title="State", cell=lambda sale: State(sale.state, TONES[sale.state]), sort="state"),
        Column(title="Placed", cell=lambda sale: sale.day, sort="day", is_numeric=True),
        Column(title="A month", cell=lambda sale: sale.billed, sort="billed__minor", is_money=True),
    ),
    sort="-placed",
    search=("customer", "offer"),
    choices=(
        Choice(
            name="state",
            title="State",
            path="state",
            values=(("earned", "earned"), ("corrected", "corrected")),
        ),
    ),
    days=(Days(name="placed", title="Placed", path="day"),),
    empty=Empty(
        "No orders yet",
        "Compose one, see what it would earn, and send its link to the customer.",
        Way("Compose an order", "#compose"),
    ),
)
MANY_SALES = [
    replace(sale, day=date(2026, 11, 20) - timedelta(days=back)) for back in range(31) for sale in SALES
]


class InvitationForm(RecordForm):
    """One field of every kind."""

    name = forms.CharField(label="Name")
    email = forms.EmailField(label="Work e-mail", help_text="The invitation goes to this address.")
    role = forms.ChoiceField(
        label="Role", choices=[("owner", "owner"), ("seller", "seller"), ("finance", "finance")]
    )
    seats = forms.IntegerField(label="Seats", min_value=1, help_text="At least one.")
    start = forms.DateField(label="First day", widget=DayInput())
    note = forms.CharField(
        label="Note to the customer", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    reach = forms.ChoiceField(
        label="What they see",
        widget=forms.RadioSelect,
        choices=[("own", "Their own orders"), ("all", "All orders of the house")],
        help_text="It can be changed later.",
    )
    may_order = forms.BooleanField(label="I may order for this company", help_text="Needed to confirm.")


def _reader(partner: bool) -> Reader:
    return Reader(
        actor=SYSTEM,
        scope=OFFICE,
        partner_id=UUID(int=7) if partner else None,
        permissions=frozenset(Permission),
        name="Ana Ruiz" if partner else "Lee Okafor",
        house="Harbor Lane Consulting" if partner else "Northwind Online",
        role="owner" if partner else "finance",
    )


PERSON = SimpleNamespace(is_authenticated=True, email="ana.ruiz@harborlane.example")
VISITOR = SimpleNamespace(is_authenticated=False)
DESK = {"reader": _reader(partner=False), "user": PERSON, "today": TODAY, "is_demonstration": True}
PORTAL = {"reader": _reader(partner=True), "user": PERSON}


def drawn(template: str, path: str, **context: object) -> str:
    """The page that `template` (of the gallery, or of the product) makes at the address."""
    file = GALLERY / template
    source = engines["django"].from_string(file.read_text()) if file.exists() else get_template(template)
    request = RequestFactory().get(path)
    request.user = context.get("user", VISITOR)  # type: ignore[assignment]
    request.reader = context.get("reader")  # type: ignore[attr-defined]
    return str(source.render({"user": VISITOR, **context}, request))


def listed(listing: Listing[Sale], sales: list[Sale], path: str, totals: Totals | None = None) -> object:
    asked = listing.asked(RequestFactory().get(path))
    return listing.page(asked, listing.rows(asked, sales), totals)


def _statement() -> str:
    totals = Totals(label="Payable on this statement", figures={"Fee": usd("190.46")})
    path = "/portal/statements/2026-10"
    return drawn(
        "statement.html", path, **PORTAL, list=listed(STATEMENT, SALES, path, totals), total=usd("190.46")
    )


def _orders() -> str:
    path = "/desk/orders/?page=2"
    messages = [
        Message(constants.SUCCESS, "The order is on its way to Dana Whitfield."),
        Message(constants.ERROR, "The link of O-000119 has expired and was not sent."),
    ]
    return drawn("orders.html", path, **DESK, list=listed(ORDERS, MANY_SALES, path), messages=messages)


def _empty() -> str:
    path = "/desk/orders/"
    return drawn("orders.html", path, **DESK, list=listed(ORDERS, [], path))


def _parts() -> str:
    form = InvitationForm({"email": "dana", "seats": "0", "role": "owner", "start": "2026-12-01"})
    running = Progress("close", "Closing October 2026", "/jobs/close", 1184, 2048, "Judging billed lines.")
    done = Progress(
        "done",
        "September 2026",
        "/jobs/close",
        is_finished=True,
        words="2,011 lines in 41 statements.",
        next=Way("See the book", "#book"),
    )
    failed = Progress(
        "failed",
        "August 2026",
        "/jobs/close",
        is_finished=True,
        fault="An invoice of August is still open: N-2026-08-00017.",
    )
    return drawn("parts.html", "/desk/people/", **DESK, form=form, running=running, done=done, failed=failed)


def _confirm() -> str:
    return drawn("confirm.html", "/c/secret", vendor_name="Northwind Online")


class _SignIn(forms.Form):
    login = forms.EmailField(label="E-mail")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    remember = forms.BooleanField(label="Remember me on this device", required=False)


def _refused() -> str:
    refusal = SimpleNamespace(
        sentence="This link was withdrawn on 20 November 2026.",
        remedy="Ask Harbor Lane Consulting for a new one.",
    )
    return drawn("refused.html", "/desk/", **DESK, refusal=refusal)


def _job_done() -> str:
    done = Progress(
        "close",
        "Closing October 2026",
        "/jobs/close",
        is_finished=True,
        words="2,048 lines in 41 statements.",
    )
    return drawn("parts/progress_now.html", "/jobs/close", progress=done)


# What pages ask for while they stand open.
ANSWERS: dict[str, Callable[[], str]] = {"jobs/close": _job_done, "desk/orders": _orders}

PAGES: dict[str, Callable[[], str]] = {
    "statement": _statement,
    "orders": _orders,
    "empty": _empty,
    "parts": _parts,
    "confirm": _confirm,
    "sign-in": lambda: drawn("account/login.html", "/account/login/", form=_SignIn(), redirect_field=""),
    "refused": _refused,
    "not-found": lambda: drawn("404.html", "/portal/nothing", **PORTAL),
    "broken": lambda: get_template("500.html").render(),
}
