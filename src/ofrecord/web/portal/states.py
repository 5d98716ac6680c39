"""States as words."""

from ofrecord.web.parts import State, Tone

ORDER_STATES = {
    "open": State("waiting for the customer", Tone.WAIT),
    "expired": State("link expired", Tone.STOP),
    "confirmed": State("confirmed", Tone.GOOD),
    "declined": State("declined", Tone.STOP),
    "withdrawn": State("withdrawn"),
}
LINK_VIEWS = {
    "open": "the order",
    "expired": "that the link had expired",
    "revoked": "that the link was replaced by a newer one",
    "confirmed": "that the order was confirmed",
    "declined": "that the order was declined",
    "withdrawn": "that the order was withdrawn",
}
SUBSCRIPTION_STATES = {
    "to come": State("starts later", Tone.WAIT),
    "running": State("running", Tone.GOOD),
    "ending": State("cancelled, still running", Tone.WAIT),
    "ended": State("ended"),
}

_INVOICE_TONES = {
    "open": Tone.WAIT,
    "part paid": Tone.WAIT,
    "paid": Tone.GOOD,
    "written off": Tone.STOP,
}


def invoice_state(word: str) -> State:
    """What became of an invoice, as its row says it."""
    return State(word, _INVOICE_TONES.get(word, Tone.PLAIN))


def commitment_words(months: int) -> str:
    """How long a subscription is agreed for: "12 months"."""
    return "1 month" if months == 1 else f"{months} months"


def seats_words(seats: int) -> str:
    """So many seats: "1 seat", "1,200 seats"."""
    return "1 seat" if seats == 1 else f"{seats:,} seats"
