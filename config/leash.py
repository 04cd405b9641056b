"""Start a program that ends with the one who started it: `leash.py SIGNAL PARENT AS PROGRAM …`.

Run as a script, so that nothing of it happens between a fork and an exec of a threaded process.
SIGNAL is what the program gets when PARENT (a process id) is gone; AS says under whose name it
runs: `self`, `namespace` (root renamed to an ordinary account) or `UID:GID`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
# An account that every Unix has; inside the namespace it is what root is called.
DAEMON = 1


def main(death_signal: str, parent: str, account: str, *command: str) -> None:
    """Replace this process by `command`; raise OSError when the system refuses."""
    if account == "namespace":
        rename_root()
    elif account != "self":
        uid, gid = account.split(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # Last, because a change of identity clears it.
        call("prctl", PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() == int(parent):
        os.execv(command[0], command)  # noqa: S606


def rename_root() -> None:
    """Enter a user namespace in which our files are ours and our name is not root."""
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", CLONE_NEWUSER)
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{DAEMON} {uid} 1")
    (own / "gid_map").write_text(f"{DAEMON} {gid} 1")


def call(name: str, *arguments: int) -> None:
    """Make one call to the C library, whose failure is an OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"{sys.argv[4]}: {error}")
