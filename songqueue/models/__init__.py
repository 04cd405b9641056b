"""Requests, what the player shows, and what the streamer decides about both."""

from songqueue.models.decisions import Block, Decision, SongRules
from songqueue.models.player import Board, Play, Upcoming
from songqueue.models.requests import SongRequest

__all__ = ["Block", "Board", "Decision", "Play", "SongRequest", "SongRules", "Upcoming"]
