"""What the queue does for the outbox."""

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.mail.actions import DELIVER_TASK, MAIL_QUEUE, hand_over


@app.task(name=DELIVER_TASK, queue=MAIL_QUEUE, retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def deliver(message_id: str) -> None:
    """Sends one message, tried again for about an hour and a half when the mail server cannot be reached."""
    with entered(OFFICE):
        failure = hand_over(message_id=UUID(message_id), at=timezone.now())
    if failure is not None:
        raise failure
