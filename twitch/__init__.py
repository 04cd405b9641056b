"""Twitch, as this channel sees it: who, what, when, and how to talk back."""
