"""The tables of the watcher."""

from watcher.models.delivery import Attempt, Delivery
from watcher.models.stream import Poll, WatchedStream
from watcher.models.target import Target
from watcher.models.watch import Watch

__all__ = ["Attempt", "Delivery", "Poll", "Target", "Watch", "WatchedStream"]
