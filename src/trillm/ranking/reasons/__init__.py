"""Why an answer is the best: what decided, as codes, and those in English."""
