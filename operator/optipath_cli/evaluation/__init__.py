"""Evaluation: recorded outcomes replayed through understanding and deciding, and what would have come of it."""
