"""Harm: whether a question asks for help with doing some."""
