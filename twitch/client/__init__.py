"""Twitch's HTTP: the only place that speaks it."""

from tokens import registry
from twitch.client.oauth import TwitchOAuth

registry.register(TwitchOAuth())
