"""The arithmetic of the watcher: what is news, what matches, what a card says."""
