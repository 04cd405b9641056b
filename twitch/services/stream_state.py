"""What there is to see of the stream now: one shape for the API and for the sockets."""

from __future__ import annotations

from typing import Any

from twitch.models import Channel, StreamSession


def latest() -> int:
    """Return the number of the newest beginning or end of a session, 0 before the first."""
    return Channel.objects.values_list("seq", flat=True).first() or 0


def state() -> dict[str, Any]:
    """Return the channel's title and category, the open session if there is one, and `seq`.

    Times are datetimes; what belongs to a session is None while there is none.
    """
    # The number first: what happens in between is then shown, and told once more.
    channel = Channel.objects.first() or Channel()
    session = StreamSession.objects.open().with_viewers().first()
    newest = session.viewer_counts.order_by("-at").first() if session else None
    return {
        "seq": channel.seq,
        "is_live": session is not None,
        "is_off_air": session is not None and session.is_off_air,
        "session_id": session.pk if session else None,
        "stream_id": session.stream_id if session else None,
        "started_at": session.started_at if session else None,
        "title": channel.title,
        "category_id": channel.category_id,
        "category_name": channel.category_name,
        "viewers": newest.viewers if newest else None,
        "peak_viewers": session.peak_viewers if session else None,
        "average_viewers": session.average_viewers if session else None,
        "as_of": channel.answered_at,
    }
