"""Safety: is this input fit to send, is this output fit to show?"""
