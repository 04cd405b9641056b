"""The watcher: posts in people's Discord channels when streamers or games they watch go live."""
