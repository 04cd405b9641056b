"""What tournaments say in chat: few lines, as a live match has enough to watch."""

from __future__ import annotations

from twitch.registry import chat_text

VOTE_STARTED = chat_text(
    "tournaments.vote_started",
    "{home} or {away}? Type !vote and the name: {cost}, {seconds} seconds, {award} for the winner.",
    "home",
    "away",
    "cost",
    "seconds",
    "award",
)
VOTE_WON = chat_text(
    "tournaments.vote_won",
    "{winner} wins the vote against {loser} with {votes} to {others}, and gets {award}.",
    "winner",
    "loser",
    "votes",
    "others",
    "award",
)
VOTE_SPLIT = chat_text(
    "tournaments.vote_split",
    "{home} and {away} are level in the vote with {votes} each, and each gets {award}.",
    "home",
    "away",
    "votes",
    "award",
)
VOTE_WITHOUT_AWARD = chat_text(
    "tournaments.vote_without_award",
    "{home} – {away}: the vote ended {home_votes} to {away_votes} without an award, as {reason}."
    " {refund}",
    "home",
    "away",
    "home_votes",
    "away_votes",
    "reason",
    "refund",
)
VOTE_CANCELLED = chat_text(
    "tournaments.vote_cancelled",
    "{home} – {away}: the vote was cancelled. {refund}",
    "home",
    "away",
    "refund",
)
VOTE_FOR = chat_text(
    "tournaments.vote_for", "@{viewer} you can vote for {names}.", "viewer", "names"
)
SETTLED = chat_text("tournaments.settled", "Predictions: {matches}", "matches")
