"""The webhook that warns: what is wrong with a resource is said to whoever applies it, and nothing is ever refused."""
