"""How the commands end: the contract's exit codes."""

ANSWERED = 0
"""Something answered, also partially, from the history, or before it was stopped; for other commands: done."""

NOT_ANSWERED = 1
"""No model answered; for other commands: something is missing or out of reach."""

BAD_INPUT = 2
"""The command, a setting or the question cannot be used as it is."""

BY_SIGNAL = 128
"""Added to the signal's number when the command was stopped before anything was answered: 130 for Ctrl-C."""
