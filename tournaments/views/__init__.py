"""The pages of tournaments, for everybody."""
