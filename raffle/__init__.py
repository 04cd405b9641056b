"""The keyboard raffle: a viewer rolls against a fresh winning number."""
