"""The event log of a query: append and tail, in memory."""
