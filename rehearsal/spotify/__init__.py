"""The rehearsed Spotify: OAuth, the Web API and the player behind it."""
