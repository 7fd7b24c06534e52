"""Merging: one more text made of a query's answers when somebody asks for it, never in place of the pick."""
