"""The feed: what viewers redeemed, what became of it, and what else there is to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from achievements.models import Standing
from raffle.models import Roll
from sagas import reading
from sagas.reading import RunView
from songqueue import texts
from songqueue.models import SongRequest
from twitch.models import Raid, Redemption

SHOWN = 30
STUCK_SHOWN = 10

Tone = Literal["ok", "moving", "back", "bad"]
Status = Redemption.Status


@dataclass(frozen=True)
class Entry:
    """One line: who, what, how it stands (`state`, in the colour of `tone`), why, and its run."""

    key: str
    at: datetime
    kind: str
    who: str
    what: str
    detail: str
    tone: Tone
    state: str
    why: str = ""
    run: RunView | None = None


def feed() -> list[Entry]:
    """Return what needs a person first, then the rest, newest first."""
    redemptions = _redemptions()
    shown = {entry.run.id for entry in redemptions if entry.run}
    others = [_flow(run) for run in reading.stuck(STUCK_SHOWN) if run.id not in shown]
    entries = sorted(
        [*redemptions, *_raids(), *_unlocks()], key=lambda entry: entry.at, reverse=True
    )[:SHOWN]
    needy = [entry for entry in entries if entry.tone == "bad"]
    return [*needy, *others, *(entry for entry in entries if entry.tone != "bad")]


# --- Redemptions -----------------------------------------------------------------------------


def _redemptions() -> list[Entry]:
    rows = list(
        Redemption.objects.select_related("viewer", "roll", "song_request__track").order_by(
            "-redeemed_at"
        )[:SHOWN]
    )
    rolls = [roll for row in rows if (roll := _roll(row))]
    songs = [song for row in rows if (song := _song(row))]
    runs = reading.of_subjects(Roll, _keys(rolls)) | reading.of_subjects(SongRequest, _keys(songs))
    return [_redemption(row, runs) for row in rows]


def _keys(rows: Iterable[Roll | SongRequest]) -> list[str]:
    return [row.pk for row in rows]


def _roll(row: Redemption) -> Roll | None:
    return getattr(row, "roll", None)


def _song(row: Redemption) -> SongRequest | None:
    return getattr(row, "song_request", None)


def _redemption(row: Redemption, runs: dict[str, RunView]) -> Entry:
    subject = _roll(row) or _song(row)
    run = runs.get(subject.pk) if subject else None
    tone, state = _standing(row, run)
    return Entry(
        key=f"redemption-{row.pk}",
        at=row.redeemed_at,
        kind="redemption",
        who=str(row.viewer),
        what=row.reward_title,
        detail=_detail(row),
        tone=tone,
        state=state,
        why=_why(row, run),
        run=run,
    )


def _standing(row: Redemption, run: RunView | None) -> tuple[Tone, str]:
    if run and run.is_stuck:
        return "bad", "needs you"
    if row.status == Status.CANCELED:
        return "back", "refunded"
    if row.status == Status.FULFILLED:
        return "ok", "done"
    if run is None:
        return "moving", "open on Twitch"
    words = {"waiting": "waiting", "compensating": "being refunded", "closed": "closed by hand"}
    return ("back" if run.status == "compensating" else "moving"), words.get(
        run.status, "under way"
    )


def _detail(row: Redemption) -> str:
    roll, song = _roll(row), _song(row)
    if roll and roll.roll is not None:
        result = "won" if roll.is_win else f"off by {roll.distance}"
        return f"rolled {roll.roll}, {result}"
    if song and song.track:
        return f"{song.track.line} · {song.get_status_display()}"
    return row.user_input[:200]


def _why(row: Redemption, run: RunView | None) -> str:
    if run and run.reason and run.status != "completed":
        return run.reason
    song = _song(row)
    if song and song.code and row.status == Status.CANCELED:
        return texts.label(song.code)
    return ""


# --- Everything else -------------------------------------------------------------------------


def _flow(run: RunView) -> Entry:
    return Entry(
        key=f"run-{run.id}",
        at=run.started_at,
        kind="flow",
        who="Greenroom",
        what=run.saga,
        detail=f"at the step {run.step}" if run.step else "",
        tone="bad",
        state="needs you",
        why=run.reason,
        run=run,
    )


def _raids() -> list[Entry]:
    rows = Raid.objects.select_related("raider").order_by("-raided_at")[:SHOWN]
    return [
        Entry(
            key=f"raid-{raid.pk}",
            at=raid.raided_at,
            kind="raid",
            who=str(raid.raider),
            what=f"raided with {raid.viewers}",
            detail="shouted out" if raid.shouted_out_at else "",
            tone="ok",
            state="thanked" if raid.thanked_at else "seen",
        )
        for raid in rows
    ]


def _unlocks() -> list[Entry]:
    earned = Standing.objects.held().seen().select_related("definition", "viewer")
    return [
        Entry(
            key=f"unlock-{standing.pk}",
            at=standing.earned_at,
            kind="unlock",
            who=str(standing.viewer),
            what=f"unlocked {standing.definition.icon} {standing.definition.name}",
            detail="",
            tone="ok",
            state="told" if standing.announcement_id else "noted",
        )
        for standing in earned.order_by("-earned_at", "-pk")[:SHOWN]
        if standing.earned_at is not None
    ]
