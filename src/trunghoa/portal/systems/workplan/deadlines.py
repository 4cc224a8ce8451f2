"""When a proposal is to be answered: days after submission, as a dated parameter."""

from datetime import date, timedelta
from functools import lru_cache

from trunghoa.parameters import Parameter, Parameters

TABLE = "workplan_proposals"


@lru_cache(maxsize=1)
def _parameters() -> Parameters:
    return Parameters.load()


def answer_days(submitted_on: date) -> Parameter:
    """The days that the owing side has, as of the day of submission."""
    return _parameters().get(TABLE, as_of=submitted_on, item="answer_days")


def default_due(submitted_on: date) -> date:
    return submitted_on + timedelta(days=int(answer_days(submitted_on).value))
