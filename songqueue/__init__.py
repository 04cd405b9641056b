"""The song queue: requests from redemption to room, and what the player makes of them."""
