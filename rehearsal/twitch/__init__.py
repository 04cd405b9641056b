"""The rehearsed Twitch: OAuth, Helix, EventSub and the channel behind them."""
