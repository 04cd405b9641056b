"""The sockets of tournaments."""
