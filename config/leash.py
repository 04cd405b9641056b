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
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CLONE_NEWUSER = 0x10000000
# An account that every Unix has; inside the namespace it is what root is called.
DAEMON = 1


def main(death_signal: str, parent: str, account: str, *command: str) -> None:
    """Replace this process by `command`; raise OSError when the system refuses."""
    if account == "namespace":
        rename_root()
    elif account != "self":
        become(*map(int, account.split(":")))
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


def become(uid: int, gid: int) -> None:
    """Go from root to another account, which may still pass the folders on the way to its files."""
    os.setgroups([])
    os.setgid(gid)
    call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setuid(uid)
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Effective, permitted and inheritable, for the first 32 capabilities and for the others.
    call("capset", header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0))
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def call(name: str, *arguments: int | ctypes.Array[ctypes.c_uint32]) -> None:
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
