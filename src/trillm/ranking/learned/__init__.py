"""The learned rung: what decides, and how sure it is, with numbers fitted on recorded answers (ranker.json)."""
