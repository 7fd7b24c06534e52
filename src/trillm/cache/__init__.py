"""The same question twice: which query answered it last."""
