"""Whose song it is, when the player is read, and what is refused, as pure functions."""
