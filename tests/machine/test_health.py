"""Ports and answers."""

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ofrecord.machine.health import check_port, free_port, health, wait_healthy
from ofrecord.machine.processes import Program
from ofrecord.machine.refusals import PortTaken, ProcessFailed
from ofrecord.machine.supervisor import Supervisor


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


class _Broken(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(500)


def test_a_server_that_stays_up_broken_is_refused(tmp_path: Path) -> None:
    with (
        HTTPServer(("127.0.0.1", 0), _Broken) as server,
        Supervisor(logs=tmp_path, say=print, supervised="x") as supervisor,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        web = supervisor.start(Program("web", (sys.executable, "-c", "import time; time.sleep(600)")))
        with pytest.raises(ProcessFailed, match="web answered with 500"):
            wait_healthy(supervisor, web, "127.0.0.1", server.server_port)
        server.shutdown()


def test_a_server_that_does_not_answer_has_no_health() -> None:
    assert health("127.0.0.1", free_port()) is None
