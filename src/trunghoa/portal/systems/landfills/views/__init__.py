"""Pages of the landfills room, one module per page."""
