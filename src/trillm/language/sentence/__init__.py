"""Sentences as claims: where they stand in a text, which numbers they name, and which way they point."""
