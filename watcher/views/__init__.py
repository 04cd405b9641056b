"""The pages of the watcher."""
