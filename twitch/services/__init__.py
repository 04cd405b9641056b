"""What others may ask of Twitch's part, one module for each noun."""
