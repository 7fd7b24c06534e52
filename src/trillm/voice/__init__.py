"""What is said into a microphone, as text for the question box."""
