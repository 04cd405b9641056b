"""`python -m config.supervisor`: run Greenroom in this terminal until Ctrl-C."""

from __future__ import annotations

import sys

from config.embedded import ServerFailed
from config.supervisor import preflight
from config.supervisor.console import Console
from config.supervisor.plan import CannotStart, read_plan
from config.supervisor.run import Run, Stopped


def main() -> int:
    """Run until asked to stop; return the exit code: 1 when Greenroom could not start."""
    console = Console(sys.stdout)
    try:
        plan = read_plan()
        with preflight.take_home(plan):
            if left := preflight.end_leftovers(plan.home):
                console.say("greenroom", f"Ended {left} processes that an earlier run left.")
            preflight.check(plan)
            return perform(Run(plan, console))
    except (CannotStart, ServerFailed, PermissionError) as error:
        console.say("greenroom", str(error))
        return 1


def perform(run: Run) -> int:
    """Start the run, watch it, and stop it however it ends."""
    try:
        run.start()
        run.watch()
    except Stopped:
        return 0
    finally:
        run.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
