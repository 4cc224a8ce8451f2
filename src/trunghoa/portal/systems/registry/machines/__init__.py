"""The lives of what this room keeps; importing declares them."""

from . import (  # noqa: F401
    approval,
    authorisation,
    change,
    final_year,
    issuance,
    methodology,
    order,
    project,
    purchase,
    reports,
)
