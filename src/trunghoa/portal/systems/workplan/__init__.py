"""The work plan both governments sign (S10): activities, proposals, meetings."""
