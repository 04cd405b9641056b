"""The song queue for client apps."""
