"""Pages on organisations, their people and their programs."""
