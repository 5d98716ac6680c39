"""Under which account PostgreSQL runs. It refuses root, and we make no account for it."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ofrecord.machine.refusals import NoAccountForPostgres

_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """What is written before a command to run it so, and who then owns its files (None: we do)."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def give(self, path: Path) -> None:
        """Hands a folder of ours to the account."""
        if self.owner is not None:
            os.chown(path, self.owner, -1)


def account_for(cluster: Path) -> Account:
    """The account for a cluster in that folder: ourselves, or when we are root one that is not.

    Root first tries a user namespace: PostgreSQL then sees an unknown user that still owns root's files, so
    nothing is chowned and no folder is opened. Where that is forbidden (chroot, most containers) it steps
    down to `nobody`, who keeps the one capability needed to reach a cluster below a private folder such as
    /root.
    """
    if os.geteuid() != 0:
        return Account()
    unshared = Account(("unshare", "--user"))
    stepped_down = Account(_step_down(_NOBODY), owner=_NOBODY)
    choices = [unshared, stepped_down]
    if cluster.exists():
        choices = [stepped_down if cluster.stat().st_uid == _NOBODY else unshared]
    for account in choices:
        if _works(account):
            return account
    raise NoAccountForPostgres


def account_name(uid: int) -> str:
    """The name of an account, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _step_down(uid: int) -> tuple[str, ...]:
    kept = "-all,+dac_override"
    return (
        "setpriv",
        f"--reuid={uid}",
        f"--regid={uid}",
        "--clear-groups",
        # Without it the kernel forgets the capability when a program asks beforehand whether it may read a file.
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={kept}",
        f"--ambient-caps={kept}",
    )


def _works(account: Account) -> bool:
    """Whether the account can be entered here, and then still reaches what we are installed in."""
    question = (*account.prefix, "test", "-x", sys.executable)
    try:
        return subprocess.run(question, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
