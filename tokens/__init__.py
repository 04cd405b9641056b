"""OAuth tokens: encrypted at rest, refreshed by one caller at a time, whatever the provider."""
