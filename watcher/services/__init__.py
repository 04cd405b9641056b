"""What the watcher does."""
