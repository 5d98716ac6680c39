"""PostgreSQL refuses root; we need no account of our own for it, and leave no folder open."""

import os
from pathlib import Path

import psycopg
import pytest

from ofrecord.machine import account
from ofrecord.machine.account import Account, account_for
from ofrecord.machine.postgres import SUPERUSER, placed
from ofrecord.machine.refusals import NoAccountForPostgres
from ofrecord.machine.supervisor import Supervisor

_IS_ROOT = os.geteuid() == 0


def _forbid(monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
    """As where the kernel forbids it: in a chroot, in most containers."""
    works = account._works
    monkeypatch.setattr(account, "_works", lambda choice: choice.prefix[0] not in commands and works(choice))


def _answer(cluster_folder: Path, logs: Path) -> tuple[object, ...] | None:
    supervisor = Supervisor(logs=logs, say=print, supervised=str(logs), heeds_signals=False)
    with placed(cluster_folder, is_durable=False) as cluster, supervisor:
        cluster.make(supervisor, "secret")
        cluster.start(supervisor)
        with psycopg.connect(cluster.url(SUPERUSER, "secret", "postgres")) as connection:
            return connection.execute("select 'é' < 'z', lower('É')").fetchone()


def test_an_ordinary_user_runs_it_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert account_for(tmp_path / "postgres") == Account()


def test_it_answers_and_comes_again_under_the_account_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    if _IS_ROOT:
        _forbid(monkeypatch, "unshare")
    folder = tmp_path / "postgres"
    # Sorted by code point whatever the machine's locale says, and still knowing the case of letters.
    assert _answer(folder, tmp_path) == (False, "é")
    began_as = folder.stat().st_uid
    assert began_as != 0
    monkeypatch.undo()
    assert _answer(folder, tmp_path) == (False, "é")
    assert folder.stat().st_uid == began_as


def test_root_that_may_neither_unshare_nor_step_down_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    _forbid(monkeypatch, "unshare", "setpriv")
    with pytest.raises(NoAccountForPostgres, match="as an ordinary user"):
        account_for(tmp_path / "postgres")
