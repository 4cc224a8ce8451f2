"""Charts from plain rows: each takes rows, words and a language, and knows nothing of their origin."""

from .areas import stacked_area
from .cost_steps import cost_steps
from .fan import fan
from .lines import lines
from .sankey import sankey
from .stacked_bars import stacked_bars
from .status_bars import status_bars
from .timeline import timeline
from .tornado import tornado

__all__ = [
    "cost_steps",
    "fan",
    "lines",
    "sankey",
    "stacked_area",
    "stacked_bars",
    "status_bars",
    "timeline",
    "tornado",
]
