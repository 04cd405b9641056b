"""Side by side with the peers: `python -m bench` measures and prints ratios."""
