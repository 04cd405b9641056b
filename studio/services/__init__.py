"""What the studio shows, and who may do what there."""
