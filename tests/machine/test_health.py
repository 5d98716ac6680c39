"""Ports and answers."""

import socket

import pytest

from ofrecord.machine.health import check_port, free_port, is_healthy
from ofrecord.machine.refusals import PortTaken


def test_a_taken_port_is_refused_with_another_proposed() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"another program uses it.*--port {port + 1}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(PortTaken, match="cannot be served"):
        check_port("192.0.2.1", free_port())


def test_a_server_that_does_not_answer_is_not_healthy() -> None:
    assert not is_healthy("127.0.0.1", free_port())
