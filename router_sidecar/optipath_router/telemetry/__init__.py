"""What the router shows of itself: metrics and logs. No user, prompt, session or pod in a label."""
