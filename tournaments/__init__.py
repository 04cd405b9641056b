"""Tournaments: registration, roster, draw, matches, table, bracket; votes and predictions in points."""
