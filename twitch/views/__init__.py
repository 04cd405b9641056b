"""The pages of Twitch's part."""
