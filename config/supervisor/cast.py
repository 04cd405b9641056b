"""Who takes part in a run: the command of each process."""

from __future__ import annotations

import sys

from config.home import ROOT
from config.programs import Program
from config.supervisor.plan import Plan

Environment = dict[str, str]


def environment(plan: Plan) -> Environment:
    """Return what every process is told; the addresses of embedded servers are added later."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "GREENROOM_HOME": str(plan.home),
        "PORT": str(plan.port),
        "PYTHONUNBUFFERED": "1",
        "REHEARSAL": "on" if plan.rehearsal else "off",
        "REHEARSAL_PORT": str(plan.rehearsal_port),
    }


def rehearsal(env: Environment) -> Program:
    """Return the local Twitch."""
    return _python("rehearsal", env, "-m", "rehearsal")


def chores(env: Environment, *commands: str) -> Program:
    """Return the management commands that come before the processes."""
    return _python("chores", env, "-m", "config.supervisor.chores", *commands)


def processes(plan: Plan, env: Environment) -> list[Program]:
    """Return the processes that do Greenroom's work, which need a migrated database."""
    # Root chose to be root: in a container there may be nobody else.
    celery = ("-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config")
    return [
        _python(
            *("web", env, "-m", "daphne", "-v", "0"),
            *("-b", plan.host, "-p", str(plan.port), "config.asgi:application"),
        ),
        _python(
            *("worker", env, *celery, "worker", f"--concurrency={plan.workers}"),
            *("--without-gossip", "--without-mingle"),
        ),
        # Posts to Discord take long, and keep nothing else waiting.
        _python(
            *("watcher", env, *celery, "worker", "-n", "watcher@%h", "-Q", "watcher"),
            *(f"--concurrency={plan.watchers}", "--without-gossip", "--without-mingle"),
        ),
        # Its schedule is in the database, so no file remembers it and none may be left behind.
        _python("beat", env, *celery, "beat", "--pidfile="),
        _python("eventsub", env, str(ROOT / "manage.py"), "eventsub_listen"),
    ]


def _python(name: str, env: Environment, *arguments: str) -> Program:
    return Program(name, (sys.executable, *arguments), env)
