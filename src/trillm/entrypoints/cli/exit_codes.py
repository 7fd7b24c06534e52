"""How the commands end: the contract's exit codes."""

ANSWERED = 0
"""Something answered, also partially or from the history; for other commands: done."""

NOT_ANSWERED = 1
"""No model answered; for other commands: something is missing or out of reach."""

BAD_INPUT = 2
"""The command, a setting or the question cannot be used as it is."""

BY_SIGNAL = 128
"""Added to the signal's number when a person or the system stopped the command: 130 for Ctrl-C."""
