"""The outbox: what was written to whom, and in a demonstration the messages themselves."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from ofrecord.access.types import Permission
from ofrecord.clock.queries import is_demonstration
from ofrecord.mail.queries import messages as messages_in
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.answers import found
from ofrecord.web.desk.states import state_of
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

_ADDRESS = re.compile(r"https?://(?P<host>[a-z0-9.:-]+)(?P<path>/[A-Za-z0-9/_-][A-Za-z0-9/_.-]*)")
STATUSES = (("queued", "queued"), ("sent", "sent"), ("kept", "kept here"), ("failed", "failed"))


def _subject(row: Any) -> Linked:
    return Linked(row.subject, reverse("desk:message", args=[row.pk]))


MAIL: Listing[Any] = Listing(
    name="mail",
    caption="Messages",
    columns=(
        Column(title="Subject", cell=_subject, sort="subject"),
        Column(title="To", cell=lambda row: row.to, sort="to"),
        Column(title="Written", cell=lambda row: row.made_at, sort="made_at"),
        Column(title="State", cell=lambda row: state_of(row.status), sort="status"),
    ),
    sort="-written",
    search=("to", "subject"),
    choices=(Choice(name="state", title="State", path="status", values=STATUSES),),
    days=(Days(name="written", title="Written", path="made_at__date"),),
    empty=Empty("No messages yet", "Partners and customers are written to as the story goes on."),
)


@desk(Permission.MAIL_READ)
def mail(request: HttpRequest) -> HttpResponseBase:
    """All messages, the latest first."""
    every = messages_in(reader_in(request).scope)
    context = {
        "count": every.count(),
        "failed": every.filter(status="failed").count(),
        "keeps": is_demonstration() and not settings.SMTP_URL,
    }
    return MAIL.respond(request, every, "desk/mail.html", context)


@desk(Permission.MAIL_READ)
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message. Its text is there until it is sent, and stays where a demonstration keeps it."""
    row = found(messages_in(reader_in(request).scope).filter(pk=message_id).first(), "message")
    return render(request, "desk/message.html", {"message": row, "text": _linked(row.text)})


def _linked(text: str) -> SafeString:
    """The text with the addresses of this installation as links; all others stay text.

    A link leads by its path alone, so that the reader stays on the host at which it is signed in, and an address
    that was written while the installation answered elsewhere still leads here.
    """
    parts, last = [], 0
    for match in _ADDRESS.finditer(text):
        if match["host"].partition(":")[0] in settings.ALLOWED_HOSTS:
            link = format_html('<a href="{}">{}</a>', match["path"], match[0])
            parts += [escape(text[last : match.start()]), link]
            last = match.end()
    return mark_safe("".join([*parts, escape(text[last:])]))
