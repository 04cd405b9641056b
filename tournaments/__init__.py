"""Tournaments: registration, roster, draw, matches, table and bracket; votes and predictions."""
