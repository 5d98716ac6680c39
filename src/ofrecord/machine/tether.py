"""Runs a command that must not outlive its parent: `tether.py PARENT SIGNAL COMMAND…`.

The kernel sends SIGNAL to the command when the parent dies, even when the parent was killed outright. This
file is run by path, by an isolated interpreter that may belong to another account, so it imports nothing of
ours.
"""

import ctypes
import os
import sys

_SET_PARENT_DEATH_SIGNAL = 1


def main(parent: int, signal: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal)
    # The parent may have died before the request was made; then nobody is left to send the signal.
    if os.getppid() == parent:
        os.execv(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
