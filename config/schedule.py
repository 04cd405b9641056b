"""What the clock does and how often; written to the clock's tables at each migrate."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps as current_apps

EVERY_SECONDS = {
    "sagas.sweep": 5,
    "twitch.begin_messages": 10,
    "config.pulse": 5,
    "songqueue.follow_door": 5,
    "tokens.refresh_due": 60,
    "tokens.validate": 60 * 60,
    "twitch.lint_rewards": 5 * 60,
    "twitch.reconcile": 5 * 60,
    "twitch.watch_stream": 10,
    "songqueue.sync": 2,
    "watcher.poll": 5,
    "watcher.look_again": 30,
    "tournaments.keep_time": 15,
    "tournaments.end_ceremonies": 5,
    "accounts.prune": 60 * 60,
    "sagas.prune": 60 * 60,
    "twitch.prune": 60 * 60,
    "spotify.prune": 60 * 60,
    "watcher.prune": 60 * 60,
    "points.check": 24 * 60 * 60,
}
# Workers who have much to do may take longer to say that they are there.
MAY_WAIT_SECONDS = {"config.pulse": 30}


def write(apps: Any = current_apps, **_: object) -> None:
    """Make the clock's table equal to this list; what is not in it any more is removed.

    A message that no worker took before the task is due again has expired, unless it may wait: a
    clock that ran on while the workers were away leaves no pile of the same task behind.
    """
    Interval = apps.get_model("django_celery_beat", "IntervalSchedule")  # noqa: N806
    Task = apps.get_model("django_celery_beat", "PeriodicTask")  # noqa: N806
    Changed = apps.get_model("django_celery_beat", "PeriodicTasks")  # noqa: N806
    ours = "greenroom: "
    for task, seconds in EVERY_SECONDS.items():
        interval, _created = Interval.objects.get_or_create(every=seconds, period="seconds")
        Task.objects.update_or_create(
            name=f"{ours}{task}",
            defaults={
                "task": task,
                "interval": interval,
                "enabled": True,
                "expire_seconds": MAY_WAIT_SECONDS.get(task, seconds),
                "kwargs": json.dumps({}),
            },
        )
    Task.objects.filter(name__startswith=ours).exclude(task__in=EVERY_SECONDS).delete()
    # The clock looks at this row to see that its list has changed.
    Changed.objects.get_or_create(ident=1, defaults={"last_update": "2000-01-01T00:00:00Z"})
