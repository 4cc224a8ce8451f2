"""One room per system. Rooms never import each other: they meet in core.record."""
