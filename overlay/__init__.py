"""What the stream shows: cues for the OBS browser source, and the addresses it may load."""
