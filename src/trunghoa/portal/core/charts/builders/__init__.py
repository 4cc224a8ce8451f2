"""Charts from plain rows: each takes rows, words and a language, and knows nothing of their origin."""

from .areas import stacked_area
from .cost_steps import cost_steps
from .lines import lines
from .status_bars import status_bars
from .timeline import timeline
from .tornado import tornado

__all__ = ["cost_steps", "lines", "stacked_area", "status_bars", "timeline", "tornado"]
