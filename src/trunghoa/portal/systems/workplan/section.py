"""What the work plan gives the home page and the joint report."""

from trunghoa.portal.core.publication.sections import Progress, Section
from trunghoa.quantities import N_

from . import loading, report


def run_all(progress: Progress) -> None:
    report.count(progress)


SECTION = Section(
    system="S10",
    url_name="workplan:plan",
    label=N_("Work plan"),
    load=loading.load,
    run_all=run_all,
    headline=report.headline,
    report=report.blocks,
    kinds=report.KINDS,
)
