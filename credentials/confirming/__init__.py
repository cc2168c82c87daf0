"""Two-party confirmation: a mentor, peer or client says by a link in a letter that a session took place."""
