"""Twitch's part in the admin: what the streamer changes, and what is only looked at."""

from twitch.admin import commands, records, rewards, texts

__all__ = ["commands", "records", "rewards", "texts"]
