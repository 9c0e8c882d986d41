"""What users write becomes a snapshot."""
