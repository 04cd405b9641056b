"""The flows of song requests, and of what moderators do to them."""

from __future__ import annotations

from sagas.flow import POINT_OF_NO_RETURN, Call, Saga, Step
from songqueue.models import Decision, SongRequest
from songqueue.services.moderation import SKIP
from songqueue.services.outcomes import UNTIL_PLAYED
from songqueue.services.requests import (
    accept,
    announce,
    await_end,
    check_rules,
    confirm_in_chat,
    find_track,
    found_in_player,
    fulfil,
    line_up,
    queue_in_player,
    refund,
    retract,
    tell_refunded,
    withdraw,
)
from songqueue.services.skipping import (
    answer_not_skipped,
    answer_skipped,
    end_skipped,
    skip_in_player,
)

song_request = Saga(
    "songqueue.song_request",
    SongRequest,
    Step(accept, undo=refund),
    Call(find_track, tries=6),
    Call(check_rules, tries=6),
    Step(line_up, undo=withdraw),
    Call(queue_in_player, tries=6, if_unsure="stop", look=found_in_player),
    Call(fulfil, tries=8),
    POINT_OF_NO_RETURN,
    Call(confirm_in_chat, best_effort=True, if_unsure="skip"),
    Step(announce),
    when_undone=tell_refunded,
)

# The points are spent when the song has played. Nobody waits for the last call, so Twitch may be
# away for an hour before a song that was heard is refunded.
song_until_played = Saga(
    UNTIL_PLAYED,
    SongRequest,
    Step(accept, undo=refund),
    Call(find_track, tries=6),
    Call(check_rules, tries=6),
    Step(line_up, undo=withdraw),
    Call(queue_in_player, tries=6, if_unsure="stop", look=found_in_player),
    Call(confirm_in_chat, best_effort=True, if_unsure="skip"),
    Step(announce, undo=retract),
    Step(await_end),
    Call(fulfil, tries=120),
    when_undone=tell_refunded,
)

skip = Saga(
    SKIP,
    Decision,
    Call(skip_in_player, if_unsure="skip"),
    Step(end_skipped),
    Call(answer_skipped, best_effort=True, if_unsure="skip"),
    when_undone=answer_not_skipped,
)
