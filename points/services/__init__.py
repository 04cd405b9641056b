"""Every write to the ledger, and the verbs that other apps may call."""
