"""Sets the stage before the first conftest is read: real servers, and Django told of them.

Tests that run side by side (`-n`) are spread over processes, each with a stage of its own.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from itertools import pairwise

import django
import pytest

from config.embedded import Postgres, Valkey
from tests.stage import free_home, rehearsing, serving

_stage = ExitStack()


def pytest_load_initial_conftests(args: list[str]) -> None:
    """Start the servers, tell the settings of them, and have Django read these."""
    if "--help" in args or "-h" in args:
        return
    if _only_conducts(args):
        _pretend()
        return
    home = _stage.enter_context(free_home())
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.settings",
        GREENROOM_HOME=str(home),
        REHEARSAL="on",
        REHEARSAL_PORT=str(_stage.enter_context(rehearsing(home / "rehearsal"))),
        TWITCH_CLIENT_ID="rehearsal",
        TWITCH_CLIENT_SECRET="rehearsal-secret",
    )
    if not os.environ.get("DATABASE_URL"):
        # Only a power cut could tell the difference, and no test survives one.
        postgres = Postgres(home / "postgres", fsync="off", full_page_writes="off")
        _stage.enter_context(serving(postgres))
        postgres.ensure_database("greenroom")
        os.environ["DATABASE_URL"] = postgres.url("greenroom")
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(home / "valkey")
        _stage.enter_context(serving(valkey))
        os.environ["REDIS_URL"] = valkey.url(0)
    django.setup()


def _only_conducts(args: list[str]) -> bool:
    """Tell whether other processes run the tests for this one."""
    asked = [value for option, value in pairwise(args) if option == "-n"]
    return bool(asked) and asked[-1] != "0" and "PYTEST_XDIST_WORKER" not in os.environ


def _pretend() -> None:
    """Have Django read the settings, as a conftest imports models, and leave no address behind."""
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"DJANGO_SETTINGS_MODULE": "tests.settings", **nowhere}.items():
            patch.setenv(name, os.environ.get(name, value))
        django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers."""
    _stage.close()
