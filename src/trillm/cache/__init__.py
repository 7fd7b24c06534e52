"""Cache: the same question twice."""
