"""The streamer's control room: how the show is, what happens in it, and what became of it."""
