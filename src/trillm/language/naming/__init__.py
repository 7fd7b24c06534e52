"""Questions that a name, a date or a number answers, and what an answer to them names."""
