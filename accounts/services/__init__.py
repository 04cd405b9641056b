"""What is written about people, and who they are."""
