"""`make run`: every process of Greenroom in one terminal, watched and stopped together."""
