"""`ofrecord up` as a person uses it: started, started twice, killed, started again, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import pytest

from ofrecord.machine.folder import DataFolder
from ofrecord.machine.health import HEALTHY, free_port, health
from ofrecord.machine.processes import SUPERVISED
from support.ground import Ground

_COMMAND = (sys.executable, "-P", "-m", "ofrecord.commands")
_PATIENCE_SECONDS = 90
# Less than the 30 s for which a pool of connections, left to itself, waits for its database.
_END_SECONDS = 25


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Longer than any socket's path may be, and with spaces."""
    return tmp_path / ("a long way down " * 10).strip() / "data"


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_COMMAND, *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )


@contextmanager
def _up(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    words = [*_COMMAND, "up", "--data", str(data), "--port", str(port), "--workers", "1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout
            told = []
            for line in process.stdout:
                told.append(line)
                if "Ctrl-C ends it" in line:
                    break
            assert told[-1:] == ["Ctrl-C ends it.\n"], told
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _processes(data: Path, of: str = "") -> dict[int, str]:
    """Whatever lives and was started for that data folder, the server's own processes too."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_text().replace("\0", " ")
            is_ours = f"{SUPERVISED}={data}".encode() in (entry / "environ").read_bytes().split(b"\0")
            if of in command and (is_ours or str((entry / "cwd").resolve()).startswith(str(data))):
                found[int(entry.name)] = command
        except OSError:
            continue
    return found


def _wait_for_none(data: Path, of: str = "") -> None:
    deadline = time.monotonic() + _END_SECONDS
    while left := _processes(data, of=of):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def _end_every_connection(data: Path) -> int:
    """And lets nobody in: the process that would is stopped, and returned."""
    postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
        if "[local]" in Path(f"/proc/{child}/cmdline").read_text():
            os.kill(int(child), signal.SIGKILL)
    return postmaster


def test_a_whole_life(data: Path) -> None:
    port = free_port()
    with _up(data, port) as first:
        assert health("127.0.0.1", port) == HEALTHY
        running = DataFolder(data).running()
        assert running
        assert running.base_url == f"http://localhost:{port}"

        second = _run("up", "--data", str(data), "--port", str(free_port()))
        assert (second.returncode, second.stdout) == (1, "")
        assert "already running" in second.stderr

        other = _run("up", "--data", str(data.parent / "other"), "--port", str(port))
        assert other.returncode == 1
        assert f"Port {port}" in other.stderr

        first.kill()
        first.wait()
    _wait_for_none(data)

    began = time.monotonic()
    with _up(data, port) as again:
        # Promised within 8 s; here other tests have the machine, too.
        assert time.monotonic() - began < 24
        assert urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
        assert not Path(running.socket).exists()
        again.send_signal(signal.SIGINT)
        again.send_signal(signal.SIGINT)
        assert again.wait(timeout=20) == 0
    assert _processes(data) == {}
    assert DataFolder(data).running() is None

    demonstration = _run("up", "--demo", "--data", str(data), "--port", str(port))
    assert demonstration.returncode == 1
    assert "holds real data" in demonstration.stderr


def test_a_worker_waits_seconds_for_a_database_that_went_first(data: Path) -> None:
    with _up(data, free_port()) as up:
        (worker,) = _processes(data, of="ofrecord.commands worker")
        os.kill(worker, signal.SIGSTOP)
        up.kill()
        up.wait()
        postmaster = _end_every_connection(data)
        os.kill(worker, signal.SIGCONT)
        try:
            _wait_for_none(data, of="ofrecord.commands worker")
        finally:
            os.kill(postmaster, signal.SIGCONT)
    _wait_for_none(data)


@pytest.mark.parametrize("verb", ["web", "worker"])
def test_nothing_is_served_under_the_owner(ground: Ground, verb: str) -> None:
    refused = _run(verb, DATABASE_URL=ground.owner_url("ofrecord"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "row-level security would not hold it" in refused.stderr


@pytest.mark.parametrize("verb", ["web", "worker", "migrate"])
def test_what_is_not_set_is_named(verb: str) -> None:
    refused = _run(verb, DATABASE_URL="", OFRECORD_OWNER_DATABASE_URL="")
    assert refused.returncode == 1
    assert "DATABASE_URL is not set" in refused.stderr


def test_an_empty_database_is_not_served(ground: Ground) -> None:
    refused = _run("web", DATABASE_URL=ground.app_url("postgres"), OFRECORD_SECRET_KEY="x")
    assert refused.returncode == 1
    assert "behind this version" in refused.stderr


def test_a_database_that_has_not_begun_is_not_served(ground: Ground) -> None:
    with ground.cloned() as database:
        refused = _run("web", DATABASE_URL=ground.app_url(database), OFRECORD_SECRET_KEY="x")
    assert refused.returncode == 1
    assert "no clock yet" in refused.stderr


def test_a_word_that_is_no_verb_is_not_understood() -> None:
    assert _run("fly").returncode == 2
    assert _run("up", "--port", "99999").returncode == 2
    assert "Exit codes" in _run("--help").stdout
    assert _run("--version").stdout == f"ofrecord {version('ofrecord')}\n"
