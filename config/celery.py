"""The Celery application: workers that advance sagas, and the clock that wakes them."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("greenroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery sets up logging only where nobody listens here; the settings have done it."""


@task_prerun.connect
def check_connections(**_: object) -> None:
    """Have a connection that was kept prove itself before its first query, as a request does."""
    close_old_connections()
