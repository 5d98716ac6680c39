"""The data folder: one holder, one mode, one account, and secrets that nobody else can read."""

import os
from pathlib import Path

import pytest

from ofrecord.machine.folder import DataFolder, Mode, Running
from ofrecord.machine.refusals import FolderInUse, FolderOfAnotherAccount, FolderOfAnotherMode, FolderUnusable


def test_a_new_folder_is_private_and_its_identity_stays(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "some where" / "data")
    with folder.locked():
        first = folder.identity(Mode.REAL)
    with folder.locked():
        assert folder.identity(Mode.REAL) == first
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert (folder.root / "ofrecord.json").stat().st_mode & 0o777 == 0o600
    secrets = {first.secret_key, first.superuser_password, first.owner_password, first.app_password}
    assert len(secrets) == 4
    assert min(map(len, secrets)) >= 40


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    with DataFolder(tmp_path).locked(), pytest.raises(FolderInUse, match="already running"):
        DataFolder(tmp_path).locked().__enter__()
    with DataFolder(tmp_path).locked():
        pass


@pytest.mark.parametrize(
    ("made_as", "opened_as"), [(Mode.REAL, Mode.DEMONSTRATION), (Mode.DEMONSTRATION, Mode.REAL)]
)
def test_the_mode_never_changes(tmp_path: Path, made_as: Mode, opened_as: Mode) -> None:
    folder = DataFolder(tmp_path)
    with folder.locked():
        made = folder.identity(made_as)
        with pytest.raises(FolderOfAnotherMode, match="never changes"):
            folder.identity(opened_as)
        assert folder.known_identity() == made


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    folder = DataFolder(tmp_path)
    with folder.locked(), pytest.raises(FolderUnusable, match=r"thesis\.txt"):
        folder.identity(Mode.REAL)
    assert {path.name for path in tmp_path.iterdir()} <= {"thesis.txt", "lock"}


def test_a_folder_where_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match="Not a directory"):
        DataFolder(tmp_path / "file" / "data").locked().__enter__()


def test_a_damaged_identity_is_named(tmp_path: Path) -> None:
    (tmp_path / "ofrecord.json").write_text('{"mode": "real"')
    folder = DataFolder(tmp_path)
    with folder.locked(), pytest.raises(FolderUnusable, match=r"ofrecord\.json cannot be read"):
        folder.identity(Mode.REAL)


def test_a_folder_of_another_account_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path)
    with folder.locked():
        folder.identity(Mode.REAL)
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(FolderOfAnotherAccount, match="belongs to the account"):
        folder.locked().__enter__()


def test_who_runs_it_is_announced_and_retracted(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.running() is None
    running = Running("/tmp/ofrecord-x", "http://localhost:8420")
    folder.announce(running)
    assert folder.running() == running
    folder.retract()
    assert folder.running() is None
