"""The disagreement map: which claims the answers share, and where they contradict each other; by rules, no model."""
