"""How often Discord lets itself be called: windows per webhook and channel, and one for all."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Limits:
    """How many calls in how many milliseconds; 0 calls: no limit.

    The channel's limit is hidden: no header tells of it before it strikes. ``delay_ms`` is how
    long every call takes.
    """

    webhook_calls: int = 5
    webhook_ms: int = 2000
    channel_calls: int = 30
    channel_ms: int = 60_000
    global_calls: int = 50
    global_ms: int = 1000
    delay_ms: int = 0


@dataclass
class _Window:
    ends_at: float
    calls: int = 0


@dataclass
class Charge:
    """What a call cost: whether it is let through, and if not when to come back."""

    allowed: bool
    retry_after: float = 0.0
    is_global: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Meter:
    """Counts calls in windows, each of which begins with its first call."""

    def __init__(self) -> None:
        self.limits = Limits()
        self._windows: dict[str, _Window] = {}

    def set(self, **changes: int) -> None:
        """Change limits; what was counted so far is forgotten."""
        self.limits = Limits(**{**asdict(self.limits), **changes})
        self._windows.clear()

    def clear(self) -> None:
        """Back to what Discord has, with nothing counted."""
        self.limits = Limits()
        self._windows.clear()

    def charge(self, webhook_id: str, channel_id: str, verb: str) -> Charge:
        """Count one call of a webhook; posts count for their channel, too."""
        limits, now = self.limits, time.time()
        ours = self._window("global", limits.global_ms, now)
        if limits.global_calls and ours.calls >= limits.global_calls:
            return Charge(False, ours.ends_at - now, is_global=True)
        own = self._window(f"webhook {webhook_id} {verb}", limits.webhook_ms, now)
        if limits.webhook_calls and own.calls >= limits.webhook_calls:
            return Charge(False, own.ends_at - now, headers=self._headers(verb, own, now))
        channel = self._window(f"channel {channel_id}", limits.channel_ms, now)
        is_post = verb == "POST" and bool(channel_id)
        if is_post and limits.channel_calls and channel.calls >= limits.channel_calls:
            return Charge(False, channel.ends_at - now, headers=self._headers(verb, own, now))
        ours.calls += 1
        own.calls += 1
        channel.calls += is_post
        return Charge(True, headers=self._headers(verb, own, now))

    def _window(self, name: str, length_ms: int, now: float) -> _Window:
        window = self._windows.get(name)
        if window is None or window.ends_at <= now:
            window = self._windows[name] = _Window(now + length_ms / 1000)
        return window

    def _headers(self, verb: str, window: _Window, now: float) -> dict[str, str]:
        most = self.limits.webhook_calls
        if not most:
            return {}
        bucket = hashlib.sha256(f"webhook {verb}".encode()).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - window.calls)),
            "X-RateLimit-Reset": f"{window.ends_at:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, window.ends_at - now):.3f}",
            "X-RateLimit-Bucket": bucket,
        }
