"""Ranking: orders the answers of a panel, says how sure it is, and why."""
