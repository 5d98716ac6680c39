"""`ofrecord up`: the whole product on one machine, from one data folder."""

import os
import sys
import time
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from ofrecord.commands.installation import require_sound_settings
from ofrecord.commands.options import (
    DEFAULT_DATA,
    DEFAULT_HOST,
    DEFAULT_PORT,
    DEFAULT_WORKERS,
    DataOption,
    HostOption,
    PortOption,
    WorkersOption,
)
from ofrecord.machine.environment import application_environment, owner_environment
from ofrecord.machine.folder import DataFolder, Identity, Mode, Running
from ofrecord.machine.health import check_port, wait_healthy
from ofrecord.machine.orphans import end_orphans
from ofrecord.machine.postgres import Cluster, placed
from ofrecord.machine.processes import Program
from ofrecord.machine.roles import make_roles
from ofrecord.machine.supervisor import Supervisor

DemoOption = Annotated[
    bool,
    typer.Option(
        "--demo", help="Show a demonstration: a vendor with its partners, and a clock that can be set."
    ),
]


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the pages are served, and by how many processes."""

    host: str
    port: int
    workers: int

    @property
    def base_url(self) -> str:
        """The address that links carry: behind a proxy or a name of its own, whoever starts us states it."""
        return os.environ.get("OFRECORD_BASE_URL", f"http://localhost:{self.port}").rstrip("/")


def add_to(app: typer.Typer) -> None:
    app.command()(up)


def up(
    demo: DemoOption = False,
    data: DataOption = DEFAULT_DATA,
    host: HostOption = DEFAULT_HOST,
    port: PortOption = DEFAULT_PORT,
    workers: WorkersOption = DEFAULT_WORKERS,
) -> None:
    """Start everything on this machine, with its own PostgreSQL in the data folder; Ctrl-C ends it.

    Whether a data folder holds a demonstration or real data is fixed when it is made. To be reached from
    other machines, give --host and set OFRECORD_BASE_URL to the address that people type.
    """
    require_sound_settings()
    folder = DataFolder(data)
    serving = Serving(host, port, workers)
    with folder.locked():
        identity = folder.identity(Mode.DEMONSTRATION if demo else Mode.REAL)
        end_orphans(folder, say)
        check_port(host, port)
        supervisor = Supervisor(logs=folder.logs, say=say, supervised=str(folder.root))
        # The socket's folder goes last: PostgreSQL still has it while it ends.
        with placed(folder.cluster) as cluster, supervisor:
            _serve(folder, identity, supervisor, cluster, serving)
        folder.retract()


def say(line: str) -> None:
    """To the terminal, which may be gone."""
    try:
        typer.echo(line)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (for the rest of this process)


def _serve(
    folder: DataFolder, identity: Identity, supervisor: Supervisor, cluster: Cluster, serving: Serving
) -> None:
    began = time.monotonic()
    say(f"Of Record ({identity.mode}), data in {folder.root}")
    running = Running(str(cluster.socket), serving.base_url)
    folder.announce(running)
    cluster.make(supervisor, identity.superuser_password)
    cluster.start(supervisor)
    make_roles(cluster, identity)
    say(f"PostgreSQL {cluster.binaries.version} is ready. Bringing the database to this version.")
    supervisor.run(_verb("migrate", environment=owner_environment(folder, identity, running)))
    environment = application_environment(folder, identity, running)
    sign_in = _begin(supervisor, identity.mode, environment)
    _start_serving(supervisor, serving, environment)
    say(f"Ready after {time.monotonic() - began:.1f} s: {serving.base_url}")
    for line in (*sign_in, "Ctrl-C ends it."):
        say(line)
    supervisor.watch()


def _begin(supervisor: Supervisor, mode: Mode, environment: dict[str, str]) -> list[str]:
    """A demonstration begins with people and a day of its own, before anything is served; how to sign in."""
    if mode == Mode.REAL:
        return []
    # It may tell a link that is stored as a hash only.
    private = replace(_verb("demonstration", environment=environment), is_private=True)
    return supervisor.run(private).last_lines


def _start_serving(supervisor: Supervisor, serving: Serving, environment: dict[str, str]) -> None:
    where = ("--host", serving.host, "--port", str(serving.port), "--workers", str(serving.workers))
    web = supervisor.start(_verb("web", *where, environment=environment))
    supervisor.start(_verb("worker", environment=environment))
    wait_healthy(supervisor, web, serving.host, serving.port)


def _verb(name: str, *words: str, environment: dict[str, str]) -> Program:
    # -P: whatever lies in the folder from which we were started is no module of ours.
    command = (sys.executable, "-P", "-m", "ofrecord.commands", name, *words)
    return Program(name, command, {**environment, "PYTHONUNBUFFERED": "1"})
