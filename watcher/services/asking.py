"""How often one person may have a provider asked."""

from __future__ import annotations

import structlog
from django.core.cache import cache

from accounts.models import User

log = structlog.get_logger(__name__)

MINUTE = 60


def is_too_much(owner: User, what: str, most: int) -> bool:
    """Count one question of this person; tell whether there are more than `most` in a minute.

    Without a cache nothing is counted.
    """
    key = f"watcher:{what}:{owner.pk}"
    try:
        cache.add(key, 0, MINUTE)
        return bool(cache.incr(key) > most)
    except Exception as error:
        log.warning("watcher.not_counted", error=type(error).__name__)
        return False
