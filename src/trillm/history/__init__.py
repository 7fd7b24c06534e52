"""History: queries, responses and feedback as they are kept."""
