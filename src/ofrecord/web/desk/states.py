"""The states that things are in, as words with a tone."""

from ofrecord.web.parts import State, Tone

_TONES = {
    "applied": Tone.WAIT,
    "approved": Tone.GOOD,
    "refused": Tone.STOP,
    "open": Tone.WAIT,
    "part paid": Tone.WAIT,
    "paid": Tone.GOOD,
    "written off": Tone.STOP,
    "confirmed": Tone.GOOD,
    "declined": Tone.STOP,
    "running": Tone.GOOD,
    "to come": Tone.WAIT,
    "ending": Tone.WAIT,
    "queued": Tone.WAIT,
    "sent": Tone.GOOD,
    "kept": Tone.GOOD,
    "failed": Tone.STOP,
    "closed": Tone.GOOD,
    "stopped": Tone.STOP,
}


def state_of(word: str) -> State:
    """A state that is stored as its word."""
    return State(word, _TONES.get(word, Tone.PLAIN))


def invoice_state(word: str) -> State:
    """What became of an invoice, as its row says it."""
    return state_of(word)
