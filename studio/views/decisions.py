"""What the buttons of the control room do; each asks for its own right, and says what came of it.

Answers are JSON: `{"detail": "…"}`, with a `code` when it was not done.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from overlay import services as overlay
from sagas import services as sagas
from sagas.flow import Refused
from songqueue.models import Block, Decision, SongRequest
from songqueue.services import moderation
from songqueue.services.moderation import By
from studio.services import roles
from studio.services.replay import replay
from studio.views.gate import needs

DECISIONS: dict[str, tuple[Callable[..., None], str]] = {
    "retry": (sagas.retry, "It is tried again."),
    "mark_done": (sagas.mark_done, "Taken as done; it goes on."),
    "compensate": (sagas.compensate, "It is taken back, and refunded."),
    "close": (sagas.close, "Closed as it is."),
}
LONGEST_NOTE = 1000


def _said(detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail})


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status)


# --- Flows -----------------------------------------------------------------------------------


@require_POST
@needs(roles.DECIDE)
def decide(request: HttpRequest, run_id: int, verb: str) -> JsonResponse:
    """Carry out a decision about a flow, in the name of who pressed the button."""
    if verb not in DECISIONS:
        return _problem(404, "not_found", "There is no such decision.")
    decision, done = DECISIONS[verb]
    try:
        decision(
            run_id,
            actor=request.user,
            actor_name=request.user.get_username(),
            note=request.POST.get("note", "")[:LONGEST_NOTE],
        )
    except sagas.NotAllowedNow as error:
        return _problem(409, error.code, str(error))
    except ObjectDoesNotExist:
        return _problem(404, "not_found", "This flow is not there any more.")
    return _said(done)


# --- Songs -----------------------------------------------------------------------------------


@require_POST
@needs(roles.MODERATE_SONGS)
def skip(request: HttpRequest) -> JsonResponse:
    """Have the player go on to the next song."""
    try:
        decision = moderation.skip(_by(request), _why(request))
    except Refused as refusal:
        return _problem(409, refusal.code, refusal.sentence)
    return _said(f"Skipping {decision.what}.")


@require_POST
@needs(roles.MODERATE_SONGS)
def remove(request: HttpRequest, song_id: str) -> JsonResponse:
    """Take a waiting request off the queue."""
    song = _song(song_id)
    if song is None:
        return _problem(404, "not_found", "This request is not there any more.")
    try:
        moderation.remove(song, _by(request), timezone.now(), _why(request))
    except Refused as refusal:
        return _problem(409, refusal.code, refusal.sentence)
    return _said(f"Removed {song}.")


@require_POST
@needs(roles.MODERATE_SONGS)
def block(request: HttpRequest, song_id: str, kind: str) -> JsonResponse:
    """Block the track or the viewer of a request; what is in the queue already stays there."""
    song = _song(song_id)
    if song is None:
        return _problem(404, "not_found", "This request is not there any more.")
    by, why = _by(request), _why(request)
    if kind == Block.Kind.VIEWER:
        moderation.block(kind, song.viewer_id, by, why)
        return _said(f"{song.viewer} can request no songs any more.")
    if kind == Block.Kind.TRACK and song.track is not None:
        moderation.block(kind, song.track.pk, by, why)
        return _said(f"{song.track.line} is not taken any more.")
    return _problem(404, "not_found", "This cannot be blocked.")


@require_POST
@needs(roles.MODERATE_SONGS)
def pause(request: HttpRequest, verb: str) -> JsonResponse:
    """Pause song requests by hand, or end that."""
    is_paused = verb == "pause"
    changed = moderation.pause(_by(request), is_paused=is_paused, why=_why(request))
    state = "paused" if is_paused else "open again"
    return _said(f"Song requests are {state}." if changed else f"They are {state} already.")


def _by(request: HttpRequest) -> By:
    user = request.user if request.user.is_authenticated else None
    return By(Decision.Via.ADMIN, request.user.get_username(), user)


def _why(request: HttpRequest) -> str:
    return request.POST.get("why", "")[:200]


def _song(song_id: str) -> SongRequest | None:
    songs = SongRequest.objects.select_related("track", "viewer")
    return songs.filter(pk=song_id).first()


# --- The overlay -----------------------------------------------------------------------------


@require_POST
@needs(roles.SEND_SAMPLES)
def show_again(request: HttpRequest, scene: str, subject: str) -> JsonResponse:
    """Show on every overlay once more what an entry of the feed tells of."""
    if not replay(scene, subject, timezone.now()):
        return _problem(404, "not_found", "This is not there any more.")
    return _said("It is on its way to every overlay.")


@require_POST
@needs(roles.SEND_SAMPLES)
def sample(request: HttpRequest, kind: str) -> JsonResponse:
    """Show on every overlay what never happened, marked as a test."""
    if kind not in overlay.KINDS:
        return _problem(404, "not_found", "There is no such sample.")
    overlay.test_cue(kind, timezone.now())
    return _said("A test is on its way to every overlay.")


@require_POST
@needs(roles.SEND_SAMPLES)
def sheet(request: HttpRequest, kind: str) -> JsonResponse:
    """Show the table, the bracket or the match day of the tournament that is on, for a while."""
    if kind not in overlay.SHEETS:
        return _problem(404, "not_found", "There is no such sheet.")
    if not overlay.show_sheet(kind, timezone.now()):
        return _problem(409, "nothing_to_show", "There is nothing of a tournament to show yet.")
    return _said("It is on its way to every overlay.")
