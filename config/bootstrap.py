"""Make `.venv` what a lock file says, then run Python in it: `bootstrap.py LOCK VENV ARGUMENTS…`.

It runs before anything is installed, on any Python 3 that is there: it uses the standard
library only and says in one sentence what is missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
# The tools' lock holds the product's too: who has the first needs nothing for the second.
CONTAINED = {"requirements-dev.lock": ["requirements.lock"]}


def main(lock: str, venv: str, *arguments: str) -> None:
    """Bring the environment up to date and become the Python in it."""
    if sys.version_info < OLDEST:
        have = ".".join(str(part) for part in sys.version_info[:3])
        stop(f"Greenroom needs Python 3.11 or newer, and this is {have}: try PYTHON=python3.12.")
    os.chdir(ROOT)
    become_owner()
    python = ROOT / venv / "bin" / "python"
    try:
        install(ROOT / lock, ROOT / venv, python)
    except OSError as error:
        stop(
            f"{error.filename or venv} cannot be written: {(error.strerror or str(error)).lower()}."
        )
    if arguments:
        os.execv(python, [str(python), *arguments])  # noqa: S606


def become_owner() -> None:
    """Go on as the owner of the checkout when root runs it, so that root's files block nobody."""
    owner = ROOT.stat().st_uid
    if os.geteuid() or not owner:
        return
    try:
        account = pwd.getpwuid(owner)
    except KeyError:
        # A folder mounted from elsewhere: its owner is nobody here.
        return
    print(f"This checkout belongs to {account.pw_name}: going on as {account.pw_name}.", flush=True)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(owner)
    os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)


def install(lock: Path, venv: Path, python: Path) -> None:
    """Install what `lock` names into `venv` unless its stamp says that this was done."""
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # Two commands at once take turns.
    try:
        if not works(python):
            make(venv)
        elif installed(venv, lock) == digest(lock):
            return
        print(f"Installing {lock.name} into {venv.name}; this takes a minute or two.", flush=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-input"]
        command += ["--disable-pip-version-check", "--require-hashes", "--requirement", str(lock)]
        if subprocess.run(command).returncode:
            stop(f"{lock.name} could not be installed: is the package index reachable? See above.")
        for name in [lock.name, *CONTAINED.get(lock.name, [])]:
            stamp(venv, ROOT / name).write_text(digest(ROOT / name))
    finally:
        os.close(folder)


def make(venv: Path) -> None:
    """Make an empty environment in place of whatever is there."""
    if importlib.util.find_spec("ensurepip") is None:
        stop("This Python cannot make environments: install python3-venv (Debian, Ubuntu).")
    print(f"Making {venv.name} with Python {sys.version.split()[0]}.", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True)
    if made.returncode:
        stop(f"{venv.name} could not be made: {(made.stderr or made.stdout).strip()}")


def works(python: Path) -> bool:
    """Tell whether the environment's Python is there, runs, is new enough and has its pip."""
    check = (
        "import sys, importlib.util as util;"
        f" sys.exit(sys.version_info < {OLDEST!r} or util.find_spec('pip') is None)"
    )
    try:
        return subprocess.run([str(python), "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


def installed(venv: Path, lock: Path) -> str:
    """Return the digest of the version of `lock` that is installed, "" for none."""
    path = stamp(venv, lock)
    return path.read_text() if path.is_file() else ""


def stamp(venv: Path, lock: Path) -> Path:
    """Return the file in `venv` that remembers which version of `lock` is installed."""
    return venv / f"{lock.name}.sha256"


def digest(lock: Path) -> str:
    """Return what identifies the contents of a lock file."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def stop(sentence: str) -> None:
    """End with a sentence for the person at the terminal."""
    sys.exit(f"greenroom | {sentence}")


if __name__ == "__main__":
    main(*sys.argv[1:])
