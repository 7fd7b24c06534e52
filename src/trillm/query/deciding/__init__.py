"""Which answer is named the best and when: ranked as answers land, judged where it is close, then fixed."""
