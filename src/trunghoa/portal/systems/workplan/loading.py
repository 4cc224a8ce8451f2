"""What a workspace says of the work plan, into the database. Loading twice changes nothing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trunghoa.workspace import Workspace


def load(workspace: "Workspace") -> None:
    """Put the workspace's commitments into the database."""
