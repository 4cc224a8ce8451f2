"""What every system uses. Order: publication > charts > record > accounts. Core knows no system."""
