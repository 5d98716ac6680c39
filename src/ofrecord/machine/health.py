"""Whether the web server can have its port, and whether it answers."""

import errno
import http.client
import os
import socket
import time

from ofrecord.machine.processes import Child
from ofrecord.machine.refusals import PortTaken, ProcessFailed
from ofrecord.machine.supervisor import Supervisor

_ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
_LONGEST_START_SECONDS = 60.0
_LONGEST_ANSWER_SECONDS = 5.0
HEALTHY = 200


def check_port(host: str, port: int) -> None:
    """Refuses a port that cannot be served, before anything is started for it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            # Connections of an earlier server that are still closing do not count.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except OSError as fault:
        taken = fault.errno == errno.EADDRINUSE
        reason = "another program uses it" if taken else os.strerror(fault.errno or 0).lower()
        raise PortTaken(host, port, reason) from fault


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_healthy(supervisor: Supervisor, web: Child, host: str, port: int) -> None:
    """Returns when /healthz answers 200. A server that answers otherwise, or not at all, is refused."""
    deadline = time.monotonic() + _LONGEST_START_SECONDS

    def is_so() -> bool:
        status = health(host, port)
        if status not in (None, HEALTHY):
            raise ProcessFailed(web.program.name, f"answered with {status}", web.last_lines, web.log)
        if time.monotonic() > deadline:
            outcome = f"did not answer within {_LONGEST_START_SECONDS:g} s"
            raise ProcessFailed(web.program.name, outcome, web.last_lines, web.log)
        return status == HEALTHY

    supervisor.wait_until(is_so)


def health(host: str, port: int) -> int | None:
    """The status that /healthz answers with now; None when nothing answers."""
    address = _ALL_ADDRESSES.get(host, host)
    connection = http.client.HTTPConnection(address, port, timeout=_LONGEST_ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
