"""Pages with which officers look after organisations, people, invitations and API tokens."""
