"""The ledger: what must be conserved, as numbered units in blocks, moved by double entry.

What is counted is a whole number of one unit (t CO2e, g, mg CO2e, dong): a series. Its units are numbered
from 1 and always stand in blocks, each in one account. A transaction moves spans of numbers between accounts;
its postings sum to nought and never change. ``services`` writes, ``reading`` answers, ``sealing`` binds,
``verification`` recomputes.
"""
