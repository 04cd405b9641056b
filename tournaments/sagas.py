"""The flows of tournaments: a vote until its end, and what is said in chat."""

from __future__ import annotations

from sagas.flow import Call, Saga, Step
from tournaments.models import Settlement, VoteEvent
from tournaments.services.predictions.announcing import gather, tell
from tournaments.services.predictions.settling import LINE
from tournaments.services.votes.announcing import call_to_vote, tell_result
from tournaments.services.votes.ending import end
from tournaments.services.votes.starting import CALL, SAGA

vote = Saga(
    SAGA,
    VoteEvent,
    Step(end, tries=20),
    Call(tell_result, best_effort=True, if_unsure="skip"),
)

# Apart from the other one, as a slow chat must not hold up the end.
vote_call = Saga(
    CALL,
    VoteEvent,
    Call(call_to_vote, best_effort=True, if_unsure="skip"),
)

settlement_line = Saga(
    LINE,
    Settlement,
    Step(gather, tries=8),
    Call(tell, best_effort=True, if_unsure="skip"),
)
