"""What anybody may read of tournaments."""
