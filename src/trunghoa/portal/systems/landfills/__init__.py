"""S8: methane of landfills, semi-aerobic conversion, its finance and credits."""
