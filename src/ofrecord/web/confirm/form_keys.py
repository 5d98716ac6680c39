"""The hidden key of a form: it makes a form that is sent twice one and the same.

Keys are made here and signed for one purpose, so that nobody sends a guessed key or that of another page.
"""

from uuid import UUID, uuid4

from django.core.signing import BadSignature, Signer

FIELD = "form_key"


def new_form_key(purpose: str) -> str:
    """A new key as it stands in the form of that purpose."""
    return _signer(purpose).sign(str(uuid4()))


def form_key_in(text: str, purpose: str) -> UUID | None:
    """The key, None when the text is not one that was made here for that purpose."""
    try:
        return UUID(_signer(purpose).unsign(text))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"form key of {purpose}")
