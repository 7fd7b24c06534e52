"""Query: one question in, many answers out."""
