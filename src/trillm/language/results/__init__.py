"""What a final answer can be: an amount with its unit, the letter of an option, a yes or a no."""
