"""One session's own numbers: its questions, who won, what it cost, and how far its votes bear the picks out."""
