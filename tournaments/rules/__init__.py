"""The arithmetic of tournaments: pure functions, no clock, no database, no chance but a seed's."""
