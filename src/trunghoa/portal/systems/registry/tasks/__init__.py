"""What the kernel says: methodologies, allocations, limits, serials, Article 6. Only here it is called."""
