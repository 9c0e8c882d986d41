"""A request becomes a reply."""
