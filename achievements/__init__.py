"""Achievements: what viewers are known for, counted from facts."""
