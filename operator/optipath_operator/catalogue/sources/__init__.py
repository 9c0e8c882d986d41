"""Public model lists, each read into the same facts, and what they come to together."""
