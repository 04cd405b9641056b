"""The chat commands that come with Twitch's part."""
