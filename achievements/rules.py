"""When an achievement counts, as pure functions."""
