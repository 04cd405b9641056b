"""What people decide about the queue: each decision is carried out once, and written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from sagas.flow import Refused, find
from sagas.services import start
from songqueue import texts
from songqueue.models import Block, Decision, Play, SongRequest, SongRules
from songqueue.rules.blocks import value_of
from songqueue.services import door, outcomes, queue, rules, snapshot
from songqueue.services.naming import song_in_chat
from spotify.models import Track
from twitch.models import Redemption, Viewer
from twitch.services import chat

if TYPE_CHECKING:
    from accounts.models import User

Status = SongRequest.Status
Verb = Decision.Verb
Via = Decision.Via

SKIP = "songqueue.skip"
# A skip that comes later hits another song.
SKIPPED_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True)
class By:
    """Who decides and where it was said; a chat message decides once, however often it comes."""

    via: str
    name: str
    user: User | None = None
    message_id: str = ""


# --- The song that plays ---------------------------------------------------------------------


@transaction.atomic
def skip(by: By, why: str = "") -> Decision:
    """Have the player go on to its next song; the request that plays is ended by that.

    Raises Refused when somebody has it skipped at this moment: a second skip would hit the next.
    """
    snapshot.held_board()
    play = snapshot.current_play()
    what = (play.track.line if play.track else play.title) if play else ""
    what = what or "the song"
    if play is not None:
        now = timezone.now()
        if play.told_to_skip_at and now - play.told_to_skip_at < SKIPPED_WITHIN:
            raise Refused("skipped_already", chat.render(texts.SKIPPED_ALREADY, song=what))
        Play.objects.filter(pk=play.pk).update(told_to_skip_at=now)
    decision = _write(by, Verb.SKIP, why, what, play.request if play else None)
    start(find(SKIP), decision)
    return decision


# --- Songs that wait -------------------------------------------------------------------------


def at_place(place: int) -> SongRequest:
    """Return the request at that place of the queue; raises Refused."""
    waiting = queue.in_order()
    if not 0 < place <= len(waiting):
        raise Refused("no_such_place", chat.render(texts.NO_SUCH_PLACE, place=place))
    return waiting[place - 1]


@transaction.atomic
def remove(request: SongRequest, by: By, now: datetime, why: str = "") -> Decision:
    """Take a request off before it plays; raises Refused when it plays or is over."""
    _end_waiting(request, "removed_by_moderator", now)
    return _write(by, Verb.REMOVE, why, song_in_chat(request), request)


@transaction.atomic
def withdraw(viewer: Viewer, by: By, now: datetime) -> SongRequest:
    """Take the viewer's own newest request back; raises Refused when there is none, or it plays.

    Points that are not spent yet are refunded, which its flow tells the viewer.
    """
    own = SongRequest.objects.going().filter(viewer=viewer)
    newest = own.select_related("track", "redemption").order_by("-created_at", "-id").first()
    if newest is None:
        raise Refused("no_request", chat.render(texts.NO_REQUEST))
    if newest.status == Status.PLAYING:
        raise Refused("plays_already", chat.render(texts.PLAYS_NOW, song=song_in_chat(newest)))
    _end_waiting(newest, "withdrawn", now)
    _write(by, Verb.WITHDRAW, "", song_in_chat(newest), newest)
    return newest


def is_refundable(request: SongRequest) -> bool:
    """Whether the points of a request are not spent yet."""
    return request.redemption.status == Redemption.Status.UNFULFILLED


def _end_waiting(request: SongRequest, code: str, now: datetime) -> None:
    newest = SongRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    song = song_in_chat(request)
    if newest.status == Status.PLAYING:
        raise Refused("plays_already", chat.render(texts.PLAYS_ALREADY, song=song))
    if newest.status in SongRequest.ENDS:
        raise Refused("over_already", chat.render(texts.OVER_ALREADY, song=song))
    outcomes.end(newest, Status.REMOVED, code, now)


# --- What is not wanted ----------------------------------------------------------------------


def named(kind: str, text: str) -> str:
    """Return what a block of what the text names is known by; raises Refused ("bad_block").

    A viewer may be named by login as well, the others as `value_of` takes them.
    """
    viewer = Viewer.objects.filter(login=text.strip().lstrip("@").lower()).first()
    value = viewer.pk if viewer and kind == Block.Kind.VIEWER else value_of(kind, text)
    if not value:
        raise Refused("bad_block", f"That does not name a {Block.Kind(kind).label}.")
    return value


@transaction.atomic
def block(kind: str, text: str, by: By, reason: str = "") -> Block:
    """Block what the text names; what is blocked already stays as it is. Raises as `named`."""
    value = named(kind, text)
    same = {"value__iexact": value} if kind == Block.Kind.WORD else {"value": value}
    known = Block.objects.filter(kind=kind, **same).first()
    if known is not None:
        return known
    made = Block.objects.create(
        kind=kind, value=value, label=_label(kind, value), reason=reason, made_by=by.name[:150]
    )
    _write(by, Verb.BLOCK, reason, str(made))
    return made


def _label(kind: str, value: str) -> str:
    """Return how people call what is blocked, where we know it."""
    if kind == Block.Kind.TRACK:
        track = Track.objects.filter(pk=value).first()
        return track.line[:512] if track else ""
    if kind == Block.Kind.ARTIST:
        track = Track.objects.filter(artist_ids__contains=[value]).first()
        names = dict(zip(track.artist_ids, track.artists, strict=False)) if track else {}
        return names.get(value, "")[:512]
    if kind == Block.Kind.VIEWER:
        return str(Viewer.objects.filter(pk=value).first() or "")
    return ""


@transaction.atomic
def unblock(blocked: Block, by: By, why: str = "") -> None:
    """Let what was blocked be requested again."""
    _write(by, Verb.UNBLOCK, why, str(blocked))
    blocked.delete()


# --- Requests as a whole ---------------------------------------------------------------------


@transaction.atomic
def pause(by: By, *, is_paused: bool, why: str = "") -> bool:
    """Pause requests by hand, or end that; returns whether that changed anything."""
    rules.ensure()
    changed = SongRules.objects.filter(is_paused=not is_paused).update(is_paused=is_paused)
    if changed:
        _write(by, Verb.PAUSE if is_paused else Verb.RESUME, why)
        door.look_soon()
    return bool(changed)


def change_rules(**columns: Any) -> SongRules:
    """Set these of the rules; raises ValidationError."""
    limits = rules.current()
    for name, value in columns.items():
        setattr(limits, name, value)
    limits.full_clean(validate_unique=False, validate_constraints=False)
    limits.save()
    door.look_soon()
    return limits


def _write(
    by: By, verb: Decision.Verb, why: str, what: str = "", request: SongRequest | None = None
) -> Decision:
    return Decision.objects.create(
        verb=verb,
        request=request,
        what=what[:600],
        why=why[:200],
        via=by.via,
        actor=by.user,
        actor_name=by.name[:150],
        message_id=by.message_id,
    )
