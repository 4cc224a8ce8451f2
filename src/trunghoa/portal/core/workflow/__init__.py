"""Who may move what from which state to which, with which papers: declared, then recorded."""
