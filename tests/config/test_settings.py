"""What the settings make of an installation's address."""

from __future__ import annotations

import os
import subprocess
import sys

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
