"""Writes of the outbox; every room downstream may ask a flow to send."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from procrastinate.contrib.django import app

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import is_demonstration
from ofrecord.mail.models import FAILED, KEPT, QUEUED, SENT, Message

# The queue finds the task by its name, so that this room's tasks may use its actions.
DELIVER_TASK, MAIL_QUEUE = "mail.deliver", "mail"
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def _one_line(text: str) -> str:
    """Header fields hold one line; a name that a visitor typed must not start another."""
    return " ".join(text.split())


def _is_nobodys(address: str) -> bool:
    """Addresses under .example are reserved (RFC 2606): what a demonstration's story writes to them never leaves."""
    return address.strip().lower().endswith(".example")


@transaction.atomic
def send(*, to: str, subject: str, text: str, at: datetime) -> UUID:
    """Queues a message; it leaves when the transaction has been committed, or is kept in a demonstration.

    The outbox is the vendor's, whoever causes a message: it is written under the office's scope.
    """
    kept = is_demonstration() and (not settings.SMTP_URL or _is_nobodys(to))
    with entered(OFFICE):
        message = Message.objects.create(
            made_at=at,
            to=_one_line(to)[:320],
            subject=_one_line(subject)[:250],
            text=text,
            status=KEPT if kept else QUEUED,
        )
    if not kept:
        app.configure_task(DELIVER_TASK, queue=MAIL_QUEUE).defer(message_id=str(message.pk))
    return message.pk


def hand_over(*, message_id: UUID, at: datetime) -> OSError | None:
    """Gives a queued message to the mail server; a message that was sent before is left alone.

    The row is locked while the server is asked, so two workers never send it twice. A failure is written down and
    returned: who called raises it once that is committed, so that the queue tries again.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.status == SENT:
            return None
        try:
            connection = get_connection(SMTP_BACKEND, fail_silently=False)
            EmailMessage(
                message.subject,
                message.text,
                settings.DEFAULT_FROM_EMAIL,
                [message.to],
                connection=connection,
            ).send()
        except OSError as fault:
            Message.objects.filter(pk=message_id).update(status=FAILED, fault=str(fault)[:500])
            return fault
        Message.objects.filter(pk=message_id).update(status=SENT, sent_at=at, text="", fault="")
    return None
