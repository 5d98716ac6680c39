"""Django's door to the outbox, so that sign-in mails take the same way as all others."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import now
from ofrecord.mail.actions import send


class QueueBackend(BaseEmailBackend):
    """Queues what Django's applications send."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with entered(OFFICE):
            for message in email_messages:
                for to in message.recipients():
                    send(to=to, subject=str(message.subject), text=str(message.body), at=now())
        return len(email_messages)
