"""The Celery application: workers that advance sagas, and the clock that wakes them."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from celery import Celery
from celery.signals import beat_init, setup_logging, task_prerun
from django.db import close_old_connections

if TYPE_CHECKING:
    from celery.beat import Service

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("greenroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery sets up logging only where nobody listens here; the settings have done it."""


@beat_init.connect
def end_between_two_looks(sender: Service, **_: object) -> None:
    """Have the clock, when asked to stop, end before it looks at its list again.

    Celery's own handlers save the list at once; having interrupted a query, they wait for ever.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sender.stop())


@task_prerun.connect
def check_connections(**_: object) -> None:
    """Have a connection that was kept prove itself before its first query, as a request does."""
    close_old_connections()
