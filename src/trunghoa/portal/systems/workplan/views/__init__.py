"""Pages of the work plan, one module per page."""
