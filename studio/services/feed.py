"""The feed: what viewers redeemed, what became of it, and what else there is to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Literal

from django.db.models import Model, Q

from achievements.models import Standing
from points.services import people
from raffle.models import Roll
from sagas import reading
from sagas.reading import RunView
from songqueue import texts
from songqueue.models import SongRequest
from twitch.models import Raid, Redemption

SHOWN = 30
STUCK_SHOWN = 10

UNSURE = "Look there first: press “It is done” if it took effect, “Try again” if it did not."

Tone = Literal["ok", "moving", "back", "bad"]
Status = Redemption.Status

# What a redemption calls the row that its flow leads.
SUBJECTS = ("roll", "song_request", "exchange")


@dataclass(frozen=True)
class Entry:
    """One line: who, what, how it stands (`state`, in the colour of `tone`), why, and its run.

    `scene` is the kind of cue that showed it on stream, of `subject`; "" if none did.
    """

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
    scene: str = ""
    subject: str = ""


def feed() -> list[Entry]:
    """Return what needs a person first, then the rest, newest first."""
    stuck = reading.stuck(STUCK_SHOWN)
    redemptions = _redemptions(stuck)
    shown = {entry.run.id for entry in redemptions if entry.run}
    others = [_flow(run) for run in stuck if run.id not in shown]
    entries = sorted(
        [*redemptions, *_raids(), *_unlocks()], key=lambda entry: entry.at, reverse=True
    )
    needy = [entry for entry in entries if entry.tone == "bad"]
    rest = [entry for entry in entries if entry.tone != "bad"]
    return [*needy, *others, *rest[:SHOWN]]


# --- Redemptions -----------------------------------------------------------------------------


def _redemptions(stuck: Iterable[RunView]) -> list[Entry]:
    """Return the newest, and those whose flow is stuck, however old."""
    ids = [run.subject_id for run in stuck]
    is_stuck = reduce(or_, (Q(**{f"{name}__in": ids}) for name in SUBJECTS))
    rows = Redemption.objects.select_related("viewer", *SUBJECTS, "song_request__track")
    newest = {row.pk: row for row in rows.order_by("-redeemed_at")[:SHOWN]}
    every = newest | {row.pk: row for row in rows.filter(is_stuck)}
    runs: dict[str, RunView] = {}
    for name in SUBJECTS:
        found = [getattr(row, name) for row in every.values() if hasattr(row, name)]
        if found:
            runs |= reading.of_subjects(type(found[0]), [subject.pk for subject in found])
    return [_redemption(row, runs) for row in every.values()]


def _subject(row: Redemption) -> Model | None:
    return next((getattr(row, name) for name in SUBJECTS if hasattr(row, name)), None)


def _roll(row: Redemption) -> Roll | None:
    return getattr(row, "roll", None)


def _song(row: Redemption) -> SongRequest | None:
    return getattr(row, "song_request", None)


def _redemption(row: Redemption, runs: dict[str, RunView]) -> Entry:
    subject = _subject(row)
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
        scene=_scene(row),
        subject=subject.pk if subject else "",
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


def _gives(row: Redemption) -> int | None:
    """Return how many points of the channel the redemption gives, if it is for that."""
    return getattr(getattr(row, "exchange", None), "amount", None)


def _detail(row: Redemption) -> str:
    roll, song, points = _roll(row), _song(row), _gives(row)
    if roll and roll.roll is not None:
        result = "won" if roll.is_win else f"off by {roll.distance}"
        return f"rolled {roll.roll}, {result}"
    if song and song.track:
        return f"{song.track.line} · {song.get_status_display()}"
    if points:
        return f"for {points:,} points of the channel"
    return row.user_input[:200]


def _scene(row: Redemption) -> str:
    song = _song(row)
    if _roll(row) and row.status == Status.FULFILLED:
        return "roll"
    return "song_requested" if song and song.queued_at and row.status != Status.CANCELED else ""


def _why(row: Redemption, run: RunView | None) -> str:
    if run and run.reason and run.status != "completed":
        return _reason(run)
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
        why=_reason(run),
        run=run,
    )


def _reason(run: RunView) -> str:
    if not run.is_stuck:
        # It was written to follow other words, in chat.
        return run.reason[:1].upper() + run.reason[1:]
    return f"{run.reason} {UNSURE}" if run.code == "unsure" else run.reason


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
            scene="raid",
            subject=raid.pk,
        )
        for raid in rows
    ]


def _unlocks() -> list[Entry]:
    earned = people.shown(Standing.objects.held()).select_related("definition", "viewer")
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
            scene="achievement",
            subject=str(standing.pk),
        )
        for standing in earned.order_by("-earned_at", "-pk")[:SHOWN]
        if standing.earned_at is not None
    ]
