"""What pathways give the home page and the joint report."""

from trunghoa.portal.core.publication.sections import Progress, Section
from trunghoa.quantities import N_

from . import loading, report


def run_all(progress: Progress) -> None:
    from . import tasks

    tasks.run_all(progress)


SECTION = Section(
    system="S1",
    url_name="scenarios:library",
    label=N_("Pathways"),
    load=loading.load,
    run_all=run_all,
    headline=report.headline,
    report=report.blocks,
    kinds=report.KINDS,
    codes=report.codes,
)
