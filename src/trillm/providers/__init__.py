"""The vendors: one socket, dialects over the wire, models and prices as data, and the clocks around every call."""
