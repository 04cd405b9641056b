"""The way of a delivery to Discord, step by step."""
