"""Achievements for client apps."""
