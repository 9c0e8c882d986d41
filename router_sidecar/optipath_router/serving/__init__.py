"""How callers are served: who is let in, how long each may take, how much is held for them."""
