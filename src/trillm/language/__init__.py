"""Language: words, sentences, final answers, refusals, and which language a text is in."""
