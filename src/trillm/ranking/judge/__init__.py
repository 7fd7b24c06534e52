"""The judge: one more model reads the leading answers in two opposite orders, where the rungs below cannot tell."""
