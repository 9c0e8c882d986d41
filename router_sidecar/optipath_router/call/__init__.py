"""From a decision to a reply: attempts, one after the other, until one may be shown to the caller."""
