"""The plan's codes in words."""

from .models import Budget
from .models.plan import PARTIES

SIDES = dict(PARTIES)
STAGES = dict(Budget.Stage.choices)
