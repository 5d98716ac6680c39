"""Processes: started again when they fall, ended in order, and never left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ofrecord.machine.processes import Program
from ofrecord.machine.refusals import ProcessFailed
from ofrecord.machine.supervisor import Supervisor

_STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
_WITH_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print(child.pid, flush=True)
"""


def _python(name: str, code: str, **options: float) -> Program:
    return Program(name, (sys.executable, "-c", textwrap.dedent(code)), **options)


def _eventually(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """Whether it does; a zombie, whom only its parent has not yet buried, does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(logs=tmp_path, say=said.append, supervised=str(tmp_path))


def test_what_fails_is_refused_with_its_own_words(supervisor: Supervisor, tmp_path: Path) -> None:
    with supervisor, pytest.raises(ProcessFailed, match="ended with exit code 3") as refusal:
        supervisor.run(_python("baker", "print('no flour'); raise SystemExit(3)"))
    assert refusal.value.said == ["no flour"]
    assert "no flour" in str(refusal.value)
    assert "baker | no flour" in (tmp_path / "baker.log").read_text()


def test_what_is_private_is_heard_and_written_nowhere(supervisor: Supervisor, tmp_path: Path) -> None:
    private = replace(_python("baker", "print('the key is under the mat')"), is_private=True)
    with supervisor:
        assert supervisor.run(private).last_lines == ["the key is under the mat"]
    assert not any("mat" in log.read_text() for log in tmp_path.glob("*.log*"))


def test_only_alarms_reach_the_terminal(supervisor: Supervisor, said: list[str]) -> None:
    with supervisor:
        supervisor.run(_python("baker", "print('bread'); print('ERROR: burnt')"))
    assert said == ["baker | ERROR: burnt"]


def test_the_same_alarm_is_not_repeated(supervisor: Supervisor, said: list[str]) -> None:
    with supervisor:
        supervisor.run(_python("baker", "for i in range(9): print(f'ERROR: {i} loaves burnt')"))
    assert said == ["baker | ERROR: 0 loaves burnt"]


def test_waiting_ends_when_what_was_started_falls(supervisor: Supervisor) -> None:
    with supervisor:
        supervisor.start(_python("baker", "raise SystemExit(4)"))
        with pytest.raises(ProcessFailed, match="baker ended with exit code 4"):
            supervisor.wait_until(lambda: False)


def test_what_fell_is_started_again(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    # It falls at its first start; at its second it asks whoever started it to end.
    baker = f"""
        import os, pathlib, signal, time
        been_here = pathlib.Path({str(tmp_path / "been here")!r})
        if been_here.exists():
            os.kill(os.getppid(), signal.SIGTERM)
            time.sleep(600)
        been_here.touch()
        raise SystemExit(1)
    """
    with supervisor:
        supervisor.start(_python("baker", baker))
        supervisor.watch()
    assert said[0].startswith("baker ended with exit code 1; starting it again in 1 s")


def test_asked_twice_it_ends_even_the_stubborn_at_once(supervisor: Supervisor) -> None:
    began = time.monotonic()
    with supervisor:
        child = supervisor.start(_python("mule", _STUBBORN, grace_seconds=60))
        _eventually(lambda: child.last_lines)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        supervisor.watch()
    assert time.monotonic() - began < 10
    assert child.outcome() == "was ended by SIGKILL"


def test_the_stubborn_are_ended_when_their_grace_is_over(supervisor: Supervisor) -> None:
    with supervisor:
        child = supervisor.start(_python("mule", _STUBBORN, grace_seconds=0.3))
        _eventually(lambda: child.last_lines)
    assert child.outcome() == "was ended by SIGKILL"


def test_what_a_process_leaves_is_ended_with_it(supervisor: Supervisor) -> None:
    with supervisor:
        grandchild = int(supervisor.run(_python("parent", _WITH_A_CHILD)).last_lines[0])
    _eventually(lambda: not _lives(grandchild))


def test_no_process_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    parent = f"""
        import sys, time
        from pathlib import Path
        from ofrecord.machine.processes import Program
        from ofrecord.machine.supervisor import Supervisor

        with Supervisor(logs=Path({str(tmp_path)!r}), say=print, supervised="x") as supervisor:
            child = supervisor.start(Program("child", (sys.executable, "-c", "import time; time.sleep(600)")))
            print(child.pid, flush=True)
            supervisor.watch()
    """
    code = [sys.executable, "-c", textwrap.dedent(parent)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        assert _lives(child)
        process.kill()
    _eventually(lambda: not _lives(child))
