"""A Discord of one's own: sign-in, webhooks and the channels that they post to."""
