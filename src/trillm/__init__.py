"""TriLLM asks several language models at once and shows which answer is best, why, and how sure that is."""

__version__ = "0.1.0"
