"""The dated parameters, read once."""

from functools import lru_cache

from trunghoa.parameters import Parameters


@lru_cache(maxsize=1)
def parameters() -> Parameters:
    return Parameters.load()
