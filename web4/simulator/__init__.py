"""Running plans in memory: files are a mapping, commands and URLs are recordings."""
