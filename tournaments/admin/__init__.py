"""Tournaments in the admin."""

from tournaments.admin import matches, registrations, tournaments, votes

__all__ = ["matches", "registrations", "tournaments", "votes"]
