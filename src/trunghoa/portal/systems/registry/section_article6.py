"""What Article 6 gives the home page and the joint report."""

from __future__ import annotations

from trunghoa.portal.core.publication.sections import Progress, Section
from trunghoa.quantities import N_
from trunghoa.workspace import Workspace

from . import counting_article6, report_article6


def load(workspace: Workspace) -> None:
    """A workspace says nothing of it: what Parties authorise and report is entered by their officers."""


def run_all(progress: Progress) -> None:
    progress(50, N_("adjusting balances"))
    counting_article6.record()


SECTION = Section(
    system="S2",
    url_name="registry:article6:home",
    label=N_("Article 6"),
    load=load,
    run_all=run_all,
    headline=report_article6.headline,
    report=report_article6.blocks,
    kinds=counting_article6.KINDS,
)
