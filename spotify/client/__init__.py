"""Spotify's HTTP: the only place that speaks it."""

from spotify.client.oauth import SpotifyOAuth
from tokens import registry

registry.register(SpotifyOAuth())
