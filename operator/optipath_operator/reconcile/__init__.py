"""When: what has changed is noted, waits its turn, and is made so."""
