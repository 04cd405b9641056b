"""What other apps may ask of Spotify's part."""

from spotify.client.errors import (
    BudgetSpent,
    NoActiveDevice,
    NotPlayable,
    PremiumRequired,
    QuotaExhausted,
    RateLimited,
    ReconnectNeeded,
    RestrictedDevice,
    SpotifyProblem,
    TrackNotFound,
    Unavailable,
    Unsure,
    WrongAccount,
)
from spotify.client.payloads import Item, Kind, Playback, Upcoming
from spotify.services import budget, links, player, tracks
from spotify.services.budget import BudgetState
from spotify.services.links import NotATrack

__all__ = [
    "BudgetSpent",
    "BudgetState",
    "Item",
    "Kind",
    "NoActiveDevice",
    "NotATrack",
    "NotPlayable",
    "Playback",
    "PremiumRequired",
    "QuotaExhausted",
    "RateLimited",
    "ReconnectNeeded",
    "RestrictedDevice",
    "SpotifyProblem",
    "TrackNotFound",
    "Unavailable",
    "Unsure",
    "Upcoming",
    "WrongAccount",
    "budget",
    "links",
    "player",
    "tracks",
]
