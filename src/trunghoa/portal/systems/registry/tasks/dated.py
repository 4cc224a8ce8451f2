"""The dated parameters, read once."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from trunghoa.parameters import DATA, Parameters


@lru_cache(maxsize=1)
def parameters() -> Parameters:
    return Parameters.load()


def guidance_file() -> Path:
    """The texts that guide through the steps of the JCM."""
    return DATA.parent / "portal" / "jcm_guidance.toml"


def purchase_example() -> dict[str, Any]:
    """What the worked example of a purchase assumes."""
    text = (DATA.parent / "portal" / "purchase_example.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
