"""The ledger: who was given which points, what for, and what became of them."""
