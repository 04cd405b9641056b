"""What the song queue says in chat, and every reason it gives."""

from __future__ import annotations

from typing import NamedTuple

from twitch.registry import Text, chat_text

QUEUED = chat_text(
    "songqueue.queued",
    "@{viewer} queued: {song} · #{place} · {when}",
    "viewer",
    "song",
    "place",
    "when",
)
QUEUED_UNTIL_PLAYED = chat_text(
    "songqueue.queued_until_played",
    "@{viewer} queued: {song} · #{place} · {when} · your points are spent once it has played",
    "viewer",
    "song",
    "place",
    "when",
)
REFUNDED = chat_text("songqueue.refunded", "@{viewer} refunded: {reason}", "viewer", "reason")


class Reason(NamedTuple):
    """Why a request ended: a few words for lists, and the sentence for the viewer."""

    label: str
    text: Text


REASONS: dict[str, Reason] = {}


def _reason(code: str, label: str, sentence: str, *variables: str) -> None:
    REASONS[code] = Reason(label, chat_text(f"songqueue.refused.{code}", sentence, *variables))


# --- What was typed --------------------------------------------------------------------------

_PASTE = "Paste the link of a song: in Spotify, Share, Copy song link."

_reason("empty", "no link", f"no link came with the request. {_PASTE}")
_reason("too_long_text", "not a link", f"that is too long for a link. {_PASTE}")
_reason("not_a_link", "not a link", f"no Spotify link was found in that. {_PASTE}")
_reason("album", "an album", f"that link is of a whole album. {_PASTE}")
_reason("playlist", "a playlist", f"that link is of a whole playlist. {_PASTE}")
_reason("episode", "a podcast", f"podcasts cannot be requested. {_PASTE}")
_reason("show", "a podcast", f"podcasts cannot be requested. {_PASTE}")
_reason("artist", "an artist", f"that link is of an artist. {_PASTE}")
_reason("other_kind", "not a song", f"that link is not of a song. {_PASTE}")
_reason("other_host", "not Spotify", f"only songs on Spotify can be requested. {_PASTE}")
_reason("look_alike_host", "not Spotify", f"that link does not lead to Spotify. {_PASTE}")
_reason("bad_track_id", "broken link", f"that link is not complete. {_PASTE}")
_reason("short_link_dead", "dead link", f"that short link leads nowhere. {_PASTE}")

# --- What Spotify says -----------------------------------------------------------------------

_reason("track_not_found", "not found", f"Spotify does not know that song. {_PASTE}")
_reason("not_playable", "not playable", "Spotify does not play that song here. Try another one.")
_reason(
    "no_active_device",
    "player asleep",
    "the streamer's Spotify is asleep at the moment. Try again in a few minutes.",
)
_reason(
    "premium_required",
    "no Premium",
    "the streamer's Spotify account cannot take songs right now. That is ours to mend.",
)
_reason(
    "restricted_device",
    "restricted player",
    "the streamer's player does not take songs right now. Try again later.",
)
_reason(
    "wrong_account",
    "wrong account",
    "the wrong Spotify account is connected here. That is ours to mend.",
)
_reason(
    "reconnect_needed",
    "not connected",
    "Spotify has to be connected again here first. That is ours to do.",
)
_reason(
    "rate_limited", "Spotify is busy", "Spotify asks us to slow down. Try again in a few minutes."
)
_reason(
    "quota_exhausted",
    "used up at Spotify",
    "Spotify takes nothing more from us for now. Requests come back when it does.",
)
_reason(
    "budget_spent",
    "used up for today",
    "all we may ask of Spotify is used up for now. Requests come back when it is not.",
)
_reason(
    "spotify_unavailable",
    "Spotify away",
    "Spotify could not be reached. Try again in a few minutes.",
)

# --- Whether requests are open, and to whom --------------------------------------------------

_reason("offline", "offline", "songs can be requested only while the stream is live.")
_reason("paused", "requests paused", "song requests are paused right now. Try again later.")
_reason("queue_full", "queue full", "the queue is full. Try again in a few songs.", "length")
_reason("subscribers_only", "subscribers only", "song requests are for subscribers right now.")
_reason("vips_only", "VIPs only", "song requests are for VIPs right now.")
_reason("moderators_only", "moderators only", "song requests are for moderators right now.")
_reason(
    "standing_unknown",
    "could not be checked",
    "Twitch does not tell us who may request songs right now. That is ours to mend.",
)

# --- The rules -------------------------------------------------------------------------------

_reason("blocked_viewer", "viewer blocked", "your song requests are switched off here.")
_reason("blocked_track", "song blocked", "that song is not played here. Try another one.")
_reason("blocked_artist", "artist blocked", "that artist is not played here. Try another one.")
_reason("blocked_word", "word blocked", "songs with such a title are not played here.")
_reason(
    "too_long",
    "too long",
    "that song is {length} long, and {longest} is the limit. Try a shorter one.",
    "length",
    "longest",
)
_reason("explicit", "explicit", "explicit songs are not played here. Try the clean version.")
_reason("in_queue", "in the queue already", "that song is in the queue already. Try another one.")
_reason("plays_now", "playing already", "that song plays right now. Try another one.")
_reason(
    "played_recently",
    "played recently",
    "that song was played {minutes} min ago. Try again in {wait} min.",
    "minutes",
    "wait",
)
_reason(
    "too_many_open",
    "too many at once",
    "you have {open} in the queue already. Try again when one of them has played.",
    "open",
    "most",
)
_reason(
    "too_many_in_a_row",
    "too many in a row",
    "the last in the queue are yours already. Try again after somebody else's request.",
    "most",
)

# --- Ends of songs that were in the queue ----------------------------------------------------

_reason("skipped_by_hand", "skipped", "{song} was skipped by a moderator.", "song")
_reason("skipped", "skipped in the player", "{song} was skipped before it had played.", "song")
_reason("removed_by_moderator", "removed", "{song} was taken off the queue by a moderator.", "song")
_reason("withdrawn", "taken back", "you took {song} back.", "song")
_reason("stream_ended", "stream ended", "the stream ended before {song} could play.", "song")
_reason("lost_in_player", "lost", "{song} vanished from the player's queue.", "song")
_reason("rejected_on_twitch", "rejected", "the request was turned down on Twitch.")
_reason("undone_by_hand", "called off", "the request was called off by hand.")

# --- Ours ------------------------------------------------------------------------------------

_reason("unavailable", "our fault", "something went wrong on our side. Try again in a few minutes.")


def label(code: str) -> str:
    """Return a few words for a reason's code, "" for none."""
    return REASONS[code].label if code in REASONS else code.replace("_", " ")


# --- What moderators are answered ------------------------------------------------------------

SKIPPED = chat_text("songqueue.skip.done", "Skipped {song}.", "song")
NOT_SKIPPED = chat_text(
    "songqueue.skip.not_done", "{song} was not skipped: {reason}", "song", "reason"
)
SKIPPED_ALREADY = chat_text("songqueue.skip.already", "{song} is being skipped already.", "song")
SKIP_LATE = chat_text("songqueue.skip.late", "it was over before Spotify let us skip it.")
SPOTIFY_AWAY = chat_text(
    "songqueue.skip.spotify_away", "Spotify cannot do it right now ({code}).", "code"
)
REMOVED = chat_text(
    "songqueue.remove.done", "Removed {song}, requested by {viewer}.", "song", "viewer"
)
REMOVE_USAGE = chat_text(
    "songqueue.remove.usage", "Say which place of the queue to remove: !{command} 2", "command"
)
NO_SUCH_PLACE = chat_text(
    "songqueue.remove.no_such_place", "No request has place {place}. See !queue.", "place"
)
PLAYS_ALREADY = chat_text(
    "songqueue.remove.plays_already", "{song} plays already: skip it instead.", "song"
)
OVER_ALREADY = chat_text("songqueue.remove.over_already", "{song} is not in the queue.", "song")
PAUSED = chat_text(
    "songqueue.pause.done", "Song requests are paused. Back on: !{command} off", "command"
)
RESUMED = chat_text("songqueue.pause.off", "Song requests are open again.")
STILL_CLOSED = chat_text(
    "songqueue.pause.still_closed", "No longer paused by hand, but: {reason}", "reason"
)

# --- What viewers are answered ---------------------------------------------------------------

NOW = chat_text("songqueue.now", "{song}", "song")
NOW_REQUESTED = chat_text(
    "songqueue.now_requested", "{song} · requested by {requester}", "song", "requester"
)
NOTHING_PLAYS = chat_text("songqueue.nothing_plays", "Nothing plays right now.")
NEXT = chat_text("songqueue.next", "Next: {songs}", "songs")
NOTHING_NEXT = chat_text("songqueue.nothing_next", "The queue is empty.")
POSITION = chat_text("songqueue.position", "{song} · #{place} · {when}", "song", "place", "when")
PLAYS_NOW = chat_text("songqueue.plays_now", "{song} plays right now.", "song")
NO_REQUEST = chat_text("songqueue.no_request", "You have no song in the queue.")
WITHDRAWN = chat_text(
    "songqueue.withdrawn", "{song} is taken back. Its points were spent already.", "song"
)
