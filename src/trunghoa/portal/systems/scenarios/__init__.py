"""S1: emission-reduction pathways. A library of scenarios that agencies make, run, compare and share."""
