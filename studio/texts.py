"""What the studio says in chat."""

from __future__ import annotations

from twitch.registry import chat_text

HELLO = chat_text("studio.hello", "Hello! Greenroom is backstage now.")
