"""The outbox: kept in a demonstration, sent by a real SMTP server otherwise, once, and blanked."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message as Letter
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Keeping
from django.core.mail import get_connection, send_mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.actions import wind
from ofrecord.mail.actions import hand_over, send
from ofrecord.mail.models import FAILED, KEPT, QUEUED, SENT, Message
from ofrecord.mail.tasks import deliver

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Letters(Keeping):
    """Keeps what a mail server is given."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[Letter] = []

    def handle_message(self, message: Letter) -> None:
        self.arrived.append(message)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@pytest.fixture
def server() -> Iterator[tuple[Controller, Letters]]:
    """A real SMTP server on a free port of this machine."""
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield controller, letters
    controller.stop()


@pytest.fixture
def by_smtp(settings: Settings, server: tuple[Controller, Letters]) -> Letters:
    """An installation that sends by that server."""
    controller, letters = server
    settings.SMTP_URL = "smtp://127.0.0.1"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    return letters


def _send(to: str = "dana@parker.example", subject: str = "Your order") -> UUID:
    return send(to=to, subject=subject, text="It is confirmed.\n", at=AT)


@pytest.mark.django_db
def test_a_demonstration_keeps_the_text_and_sends_nothing() -> None:
    wind(mode="demonstration", day=AT.date())
    _send()
    with entered(OFFICE):
        message = Message.objects.get()
    assert (message.status, message.text) == (KEPT, "It is confirmed.\n")
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db
def test_a_message_is_queued_with_its_transaction_sent_and_blanked(by_smtp: Letters) -> None:
    wind(mode="real")
    message_id = _send()
    with entered(OFFICE):
        assert Message.objects.get().status == QUEUED
        assert ProcrastinateJob.objects.get().args == {"message_id": str(message_id)}
        hand_over(message_id=message_id, at=AT)
        message = Message.objects.get()
    assert (message.status, message.sent_at, message.text) == (SENT, AT, "")
    (letter,) = by_smtp.arrived
    assert letter["To"] == "dana@parker.example"
    assert letter["Subject"] == "Your order"
    assert "It is confirmed." in str(letter.get_payload())


@pytest.mark.django_db
def test_a_message_that_was_sent_is_not_sent_again(by_smtp: Letters) -> None:
    wind(mode="real")
    message_id = _send()
    with entered(OFFICE):
        hand_over(message_id=message_id, at=AT)
        hand_over(message_id=message_id, at=AT)
    assert len(by_smtp.arrived) == 1


@pytest.mark.django_db
def test_when_the_server_is_away_the_message_waits_with_the_fault(
    by_smtp: Letters, settings: Settings
) -> None:
    wind(mode="real")
    message_id = _send()
    settings.EMAIL_PORT = _free_port()
    with pytest.raises(OSError, match="refused"):
        deliver(message_id=str(message_id))
    with entered(OFFICE):
        message = Message.objects.get()
    assert (message.status, message.text) == (FAILED, "It is confirmed.\n")
    assert "refused" in message.fault
    assert by_smtp.arrived == []


@pytest.mark.django_db
def test_a_name_with_a_line_break_starts_no_header(by_smtp: Letters) -> None:
    wind(mode="real")
    message_id = _send(subject="A question of Parker\nBcc: everybody@elsewhere.example")
    with entered(OFFICE):
        hand_over(message_id=message_id, at=AT)
    (letter,) = by_smtp.arrived
    assert letter["Bcc"] is None
    assert letter["Subject"] == "A question of Parker Bcc: everybody@elsewhere.example"


@pytest.mark.django_db
def test_what_django_sends_takes_the_same_way() -> None:
    wind(mode="demonstration", day=AT.date())
    # pytest-django puts a backend of its own into the settings; this is the one that the product has.
    backend = get_connection("ofrecord.mail.backend.QueueBackend")
    send_mail("Reset", "Follow the link.", None, ["ana@harbor.example"], connection=backend)
    with entered(OFFICE):
        assert Message.objects.get().to == "ana@harbor.example"
