"""Votes: begun, cast, ended and cancelled; each by the database's clock."""

from tournaments.services.votes.casting import NotCast, cast, cast_for
from tournaments.services.votes.ending import cancel, cancel_all, end, end_with_match, finish
from tournaments.services.votes.showing import active, active_of, document, events, own
from tournaments.services.votes.starting import NotStarted, Terms, may_start, start
from tournaments.services.votes.tallies import TASK as TELL_TALLY
from tournaments.services.votes.tallies import tell as tell_tally

__all__ = [
    "TELL_TALLY",
    "NotCast",
    "NotStarted",
    "Terms",
    "active",
    "active_of",
    "cancel",
    "cancel_all",
    "cast",
    "cast_for",
    "document",
    "end",
    "end_with_match",
    "events",
    "finish",
    "may_start",
    "own",
    "start",
    "tell_tally",
]
