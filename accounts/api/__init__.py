"""Signing in and one's own data, for client apps."""
