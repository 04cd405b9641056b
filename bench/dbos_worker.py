"""One DBOS worker process: `python -m bench.dbos_worker URL NUMBER`."""

from __future__ import annotations

import signal
import sys

from dbos import DBOS

_, url, number = sys.argv
DBOS(
    config={
        "name": "bench",
        "system_database_url": url,
        "application_version": "bench",
        "executor_id": f"bench-{number}",
        "log_level": "ERROR",
        "run_admin_server": False,
    }
)


@DBOS.step()
def first() -> dict[str, int]:
    return {"step": 1}


@DBOS.step()
def second() -> dict[str, int]:
    return {"step": 2}


@DBOS.step()
def third() -> dict[str, int]:
    return {"step": 3}


@DBOS.step()
def fourth() -> dict[str, int]:
    return {"step": 4}


@DBOS.step()
def fifth() -> dict[str, int]:
    return {"step": 5}


@DBOS.workflow(name="five_steps")
def five_steps() -> None:
    first()
    second()
    third()
    fourth()
    fifth()


DBOS.launch()
DBOS.register_queue("five", polling_interval_sec=0.01, on_conflict="always_update")
signal.sigwait({signal.SIGTERM})
DBOS.destroy()
