"""Tournaments in the admin."""

from tournaments.admin import draw, matches, registrations, tournaments, votes

__all__ = ["draw", "matches", "registrations", "tournaments", "votes"]
