"""What tournaments do."""
