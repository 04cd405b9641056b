"""Twitch's part for client apps."""
