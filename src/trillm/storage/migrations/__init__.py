"""The schema's history, one file a step, named v<revision>_<what>.py; a step that was released is never edited."""

HEAD = "0010"
"""The revision that this version works with."""
