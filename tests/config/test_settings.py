"""What the settings make of an installation's address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.home import ROOT, read_env_file

ASK = """
import django
django.setup()
from django.test import Client
answer = Client().get("/health", secure=True, headers={"host": "greenroom.example"})
print(answer.headers.get("Strict-Transport-Security"))
"""


def promise(public_url: str) -> str:
    """Return what an installation at that address promises browsers about https."""
    env = {**os.environ, "PUBLIC_URL": public_url, "ALLOWED_HOSTS": "greenroom.example"}
    command = [sys.executable, "-W", "ignore", "-c", ASK]
    return subprocess.run(
        command, env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_https_is_promised_for_our_own_host_and_for_no_other() -> None:
    assert promise("https://greenroom.example") == "max-age=31536000"
    assert promise("http://localhost:8000") == "None"


@pytest.mark.parametrize("value", ["--5", "²", "five", "0", "3651"])
def test_a_number_that_makes_no_sense_is_named(value: str) -> None:
    env = {**os.environ, "RETENTION_DAYS": value}
    command = [sys.executable, "-c", "import config.settings"]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    assert f"RETENTION_DAYS must be a whole number from 1 to 3650, not {value!r}." in done.stderr


def test_a_file_of_settings_may_hold_any_bytes(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("# für\nPORT=9000\n".encode("latin-1"))
    assert read_env_file(tmp_path / ".env") == {"PORT": "9000"}
