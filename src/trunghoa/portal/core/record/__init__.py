"""Figures and what they rest on: places, runs, reports, documents, evidence."""
