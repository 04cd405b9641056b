"""Choosing who plays: a draft on a board, lots where nobody chooses, and a published roster."""
