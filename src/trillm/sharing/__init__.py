"""What leaves the house: read-only snapshots of a result behind links of their own, and results as files."""
