"""The pages of the studio, and what their buttons do."""
