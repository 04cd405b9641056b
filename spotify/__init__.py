"""Spotify: the player, its queue and its catalogue, within what Spotify lets one app ask."""
