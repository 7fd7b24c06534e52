"""The vendors' dialects over the wire: a request builder and an event reader each."""
