"""The dated parameters, read once."""

from functools import lru_cache
from pathlib import Path

from trunghoa.parameters import DATA, Parameters


@lru_cache(maxsize=1)
def parameters() -> Parameters:
    return Parameters.load()


def guidance_file() -> Path:
    """The texts that guide through the steps of the JCM."""
    return DATA.parent / "portal" / "jcm_guidance.toml"
