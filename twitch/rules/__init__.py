"""Twitch's rules as pure functions."""

from twitch.rules.chat import chat_line, fill, name_in_chat, unknown_placeholders
from twitch.rules.rewards import reward_problem

__all__ = ["chat_line", "fill", "name_in_chat", "reward_problem", "unknown_placeholders"]
