"""What happens to song requests, and to the picture of the player."""
