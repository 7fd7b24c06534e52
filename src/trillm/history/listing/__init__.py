"""The list of what a session asked: found, pinned, thrown away and fetched back."""
