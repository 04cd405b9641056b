"""The manners of the API: how it reads queries, turns pages and words problems."""
