"""The API of the watcher: everything that its pages can do."""
