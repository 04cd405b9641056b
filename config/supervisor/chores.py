"""What is done once before the processes start: `python -m config.supervisor.chores COMMAND…`.

One process does it all, because loading Django takes longer than any of the commands. Each ends as
one line of JSON: the `command`, whether it went `ok`, and what it `said` last.
"""

from __future__ import annotations

import io
import json
import sys

import django
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

PULSES = ("pulse:worker", "pulse:watcher", "pulse:beat", "pulse:eventsub")


def main(*commands: str) -> int:
    """Run management commands in order, up to the first that refuses."""
    for command in commands:
        try:
            django.setup()
            said = run(command)
        except (CommandError, ImproperlyConfigured) as error:
            report(command, False, str(error))
            return 1
        report(command, True, said)
    # The pulses of an earlier run say nothing about the processes of this one.
    cache.delete_many(PULSES)
    return 0


def run(command: str) -> str:
    """Run one command with its checks and return the last line that it printed."""
    output = io.StringIO()
    call_command(command, stdout=output, skip_checks=False)
    return (output.getvalue().strip().splitlines() or [""])[-1]


def report(command: str, ok: bool, said: str) -> None:
    """Tell the supervisor how a command ended."""
    print(json.dumps({"command": command, "ok": ok, "said": said}), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
