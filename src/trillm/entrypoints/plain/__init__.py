"""The plain page: asking and reading without a script, for text browsers, and for when the page cannot be built."""
