"""The product as it runs: the real web server and worker, on a database that a test has prepared."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ofrecord.machine.folder import Mode
from ofrecord.machine.health import free_port, wait_healthy
from ofrecord.machine.processes import Program
from ofrecord.machine.supervisor import Supervisor
from support.ground import Ground, say

_HOST = "127.0.0.1"


@contextmanager
def running_site(ground: Ground, database: str, folder: Path) -> Iterator[str]:
    """Yields the address. The database's clock must have been wound, as a real installation's is."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    environment = {
        "DATABASE_URL": ground.app_url(database),
        "OFRECORD_DATA": str(folder),
        "OFRECORD_SECRET_KEY": "the key of one test's site",
        "OFRECORD_MODE": Mode.DEMONSTRATION.value,
        "OFRECORD_BASE_URL": base_url,
    }
    with Supervisor(logs=folder, say=say, supervised=str(folder), heeds_signals=False) as supervisor:
        where = ("--host", _HOST, "--port", str(port), "--workers", "1")
        web = supervisor.start(_verb("web", *where, environment=environment))
        supervisor.start(_verb("worker", environment=environment))
        wait_healthy(supervisor, web, _HOST, port)
        yield base_url


def _verb(name: str, *words: str, environment: dict[str, str]) -> Program:
    command = (sys.executable, "-P", "-m", "ofrecord.commands", name, *words)
    return Program(name, command, {**environment, "PYTHONUNBUFFERED": "1"})
