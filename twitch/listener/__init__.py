"""The process that hears EventSub over a WebSocket, or sees to the webhook's subscriptions."""
