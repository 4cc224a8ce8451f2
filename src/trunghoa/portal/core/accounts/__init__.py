"""People, organisations and what each may do."""
