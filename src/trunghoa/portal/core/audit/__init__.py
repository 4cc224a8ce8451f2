"""What changed, who changed it and why it can be believed: an append-only chain of hashes."""
