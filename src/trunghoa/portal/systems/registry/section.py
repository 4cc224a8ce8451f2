"""What the registry gives the home page and the joint report."""

from __future__ import annotations

from trunghoa.portal.core.publication.sections import Progress, Section
from trunghoa.quantities import N_

from . import counting, loading, report


def run_all(progress: Progress) -> None:
    progress(0, N_("counting credits"))
    counting.record()
    progress(100, "")


SECTION = Section(
    system="S7",
    url_name="registry:home",
    label=N_("JCM registry"),
    load=loading.load,
    run_all=run_all,
    headline=report.headline,
    report=report.blocks,
    kinds=counting.KINDS,
    codes=report.codes,
)
