"""What the work plan gives the home page and the joint report."""

from typing import TYPE_CHECKING

from trunghoa.portal.core.publication.sections import Progress, Section
from trunghoa.quantities import N_

from . import counting, loading, loading_proposals, report, report_proposals

if TYPE_CHECKING:
    from trunghoa.workspace import Workspace


def load(workspace: "Workspace") -> None:
    """Activities first: proposals and meetings belong to a plan."""
    loading.load(workspace)
    loading_proposals.load(workspace)


def run_all(progress: Progress) -> None:
    report.count(progress)
    counting.record()


SECTION = Section(
    system="S10",
    url_name="workplan:plan",
    label=N_("Work plan"),
    load=load,
    run_all=run_all,
    headline=report.headline,
    report=report.blocks,
    kinds={**report.KINDS, **counting.KINDS},
    codes=report_proposals.codes,
    parts={"decisions": report_proposals.decisions, "finance": report.finance},
    standings=report.standings,
)
