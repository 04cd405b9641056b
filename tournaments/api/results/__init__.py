"""Running matches and entering results, for staff and for the players themselves."""
