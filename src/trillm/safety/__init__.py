"""Is this input fit to send, this output fit to show?"""
