"""Status lights: how each thing is that a show stands on, in words, and where it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from django.core.cache import cache
from django.urls import reverse

from points.services import audit
from sagas import reading
from spotify.services import budget
from studio.services import health, presence
from tokens import services as tokens
from twitch.client.oauth import BOT, BROADCASTER
from twitch.services import streams
from watcher.services import looking as watcher

Tone = Literal["ok", "warn", "bad", "off"]

# Workers that are so far behind keep viewers waiting.
SLOW = timedelta(seconds=10)
CHAT = "channel.chat.message"
LATELY = timedelta(hours=1)
STUCK_RUNS = "?status__exact=stuck"


@dataclass(frozen=True)
class Light:
    """One light: `words` say how it is, `remedy` names what is at `link`, where it is mended.

    `off` is what is not used; `warn` is worth a look, `bad` keeps the show from working.
    """

    name: str
    label: str
    tone: Tone
    words: str
    link: str = ""
    remedy: str = ""

    @property
    def is_fine(self) -> bool:
        return self.tone in ("ok", "off")


def lights(now: datetime) -> list[Light]:
    """Return every light, those that most depends on first."""
    report = health.report()
    return [
        _eventsub(report),
        _chat(report),
        _tokens(),
        _spotify(now),
        _worker(report, now),
        _beat(report),
        _overlays(now),
        _watcher(report, now),
        _ledger(),
        _stuck(),
    ]


def _eventsub(report: health.Report) -> Light:
    link, check = reverse("admin:twitch_subscription_changelist"), report.checks["eventsub"]
    if not check.ok:
        words = f"Nothing is heard from Twitch: {check.detail.rstrip('.')}."
        return Light("eventsub", "Events", "bad", words, link, "See the subscriptions")
    missing = sorted(_pulse().get("missing", {}))
    if missing:
        words = f"Twitch does not tell us of {', '.join(missing)}."
        return Light("eventsub", "Events", "warn", words, link, "See the subscriptions")
    return Light("eventsub", "Events", "ok", "Twitch tells us what happens.", link)


def _chat(report: health.Report) -> Light:
    speaker = BOT if tokens.is_connected("twitch", BOT) else BROADCASTER
    connect = reverse("tokens:connect", args=["twitch", speaker])
    light = partial(Light, "chat", "Chat", link=connect)
    if not tokens.is_connected("twitch", speaker):
        words, remedy = "Nobody is connected who could speak in chat.", "Connect the broadcaster"
        return light(tone="bad", words=words, remedy=remedy)
    if "user:write:chat" in tokens.missing_scopes("twitch", speaker):
        words = f"The {speaker} may not write to chat."
        return light(tone="bad", words=words, remedy="Connect again")
    if not report.checks["eventsub"].ok or CHAT in _pulse().get("missing", {}):
        link = reverse("admin:twitch_subscription_changelist")
        words = "Chat is not read, so no command is answered."
        return light(tone="bad", words=words, link=link, remedy="See the subscriptions")
    return light(tone="ok", words=f"Chat is read, and the {speaker} speaks.")


def _tokens() -> Light:
    problems = [connection for connection in tokens.connections() if connection.is_problem]
    if not problems:
        link = reverse("admin:tokens_token_changelist")
        return Light("tokens", "Accounts", "ok", "Every connected account is well.", link)
    first = problems[0]
    tone: Tone = "warn" if first.state == "unavailable" else "bad"
    remedy = f"Connect the {first.role_label.lower()}"
    return Light("tokens", "Accounts", tone, first.sentence, first.connect_url, remedy)


def _spotify(now: datetime) -> Light:
    state, why = budget.state(now), budget.closed(now)
    link = reverse("admin:spotify_call_changelist")
    used = f"{state.used} of {state.budget} calls used in 24 hours."
    if not state.connected:
        connect = reverse("tokens:connect", args=["spotify", "player"])
        words = "No player is connected: songs cannot be requested."
        return Light("spotify", "Spotify", "off", words, connect, "Connect the player")
    if state.open_until:
        until = f"{state.open_until:%A %H:%M} UTC"
        words = f"The breaker is open until {until}: {state.reason} {used}"
        return Light("spotify", "Spotify", "bad", words, link, "See the calls")
    if why:
        return Light("spotify", "Spotify", "warn", f"{why[1]} {used}", link, "See the calls")
    if state.used >= state.budget - state.reserve:
        words = f"Only song requests still get through. {used}"
        return Light("spotify", "Spotify", "warn", words, link, "See the calls")
    return Light("spotify", "Spotify", "ok", used, link)


def _worker(report: health.Report, now: datetime) -> Light:
    link = reverse("admin:sagas_run_changelist")
    if not report.checks["worker"].ok:
        is_called = report.checks["redis"].ok
        words = "No worker answers." if is_called else "Redis, which calls them, does not answer."
        return Light("worker", "Workers", "bad", words, link, "See what waits")
    lag = reading.lag(now)
    if lag > SLOW:
        # In steps, so that the words stay as they are for a while.
        words = f"Work waits for more than {int(lag / SLOW) * int(SLOW.total_seconds())} seconds."
        return Light("worker", "Workers", "warn", words, link, "See what waits")
    return Light("worker", "Workers", "ok", "Work is done as it comes.", link)


def _beat(report: health.Report) -> Light:
    link = reverse("admin:django_celery_beat_periodictask_changelist")
    if not report.checks["beat"].ok:
        return Light("beat", "Clock", "bad", "The clock stands still.", link, "See the clock")
    return Light("beat", "Clock", "ok", "The clock ticks.", link)


def _overlays(now: datetime) -> Light:
    link = reverse("admin:overlay_overlaytoken_changelist")
    known = presence.addresses(now)
    there = [address for address in known if address.is_connected]
    on_air = [address for address in there if address.is_on_air]
    if any(address.is_outdated for address in there):
        words = "A page in OBS is of an older version: refresh it there."
        return Light("overlays", "Overlay", "warn", words, link, "See addresses")
    if there:
        word, shown = ("On air", on_air) if on_air else ("Connected", there)
        words = f"{word}: {', '.join(address.name for address in shown)}."
        return Light("overlays", "Overlay", "ok", words, link)
    if not any(address.last_seen_at for address in known):
        words, remedy = "No browser source has ever shown it.", "Set the overlay up"
        return Light("overlays", "Overlay", "warn", words, reverse("studio:setup"), remedy)
    tone: Tone = "bad" if streams.is_live() else "warn"
    return Light(
        "overlays", "Overlay", tone, "No browser source shows it now.", link, "See addresses"
    )


def _watcher(report: health.Report, now: datetime) -> Light:
    link, polling = reverse("admin:watcher_delivery_changelist"), watcher.how_it_polls(now)
    light = partial(Light, "watcher", "Go-live posts", link=link)
    if not watcher.is_used():
        return light(tone="off", words="Nobody watches anybody.")
    if not report.checks["watcher"].ok:
        return light(tone="bad", words="Posts to Discord wait: no worker of theirs answers.")
    if polling.trouble:
        return light(tone="warn", words=polling.trouble, remedy="See the posts")
    if failed := watcher.failed_since(now - LATELY):
        posts = "One post" if failed == 1 else f"{failed} posts"
        words = f"{posts} could not be made in the last hour."
        return light(tone="warn", words=words, remedy="See the posts")
    return light(tone="ok", words="Who goes live is posted.")


def _ledger() -> Light:
    link, proof = reverse("admin:points_entry_changelist"), audit.last()
    if proof is None:
        return Light("ledger", "Points", "ok", "The ledger is proved once a day.", link)
    if proof.wrong:
        things = "One thing does" if proof.wrong == 1 else f"{proof.wrong} things do"
        words = f"{things} not add up in the ledger: `manage.py ledger_check` names them."
        return Light("ledger", "Points", "bad", words, link, "See the entries")
    words = f"Every balance is what its entries make, as of {proof.at:%A %H:%M} UTC."
    return Light("ledger", "Points", "ok", words, link)


def _stuck() -> Light:
    link, count = reverse("admin:sagas_run_changelist"), reading.stuck_count()
    if count:
        words = "One flow needs a person." if count == 1 else f"{count} flows need a person."
        return Light("stuck", "Flows", "bad", words, link + STUCK_RUNS, "See what is stuck")
    return Light("stuck", "Flows", "ok", "No flow needs a person.", link)


def _pulse() -> dict[str, Any]:
    pulse: dict[str, Any] = cache.get("pulse:eventsub") or {}
    return pulse
