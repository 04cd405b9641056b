"""Chat commands: heard once, answered once, and edited by people."""
