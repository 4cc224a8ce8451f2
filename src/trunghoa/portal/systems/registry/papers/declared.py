"""The forms of the JCM as data: number, official English title, what each is about, what stands in it.

The layout and wording of the official forms are not on record here. Titles are those of the Project Cycle
Procedure as adopted with other host countries in 2025 (decisions on jcm.go.jp), taken over for Viet Nam.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = (
    "JCM Project Cycle Procedure as adopted in 2025 with Uzbekistan and Kyrgyzstan, jcm.go.jp "
    "(unverified for Viet Nam)"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One form; ``fields`` are its labels, each with the name of what fills it."""

    number: str
    title: str
    about: str
    fields: tuple[tuple[str, str], ...]

    @property
    def slug(self) -> str:
        return self.number.replace(".", "-")

    @property
    def code(self) -> str:
        """File code of the JCM; which version is in force is not on record."""
        return f"JCM_VN_F_{self.number}_ver.."


WHO = (
    ("Project title", "title"),
    ("Reference number", "reference"),
    ("Project participants", "participants"),
)
FOCAL = ("Focal point", "focal_point")
ENTITY = ("Third-party entity", "third_party")
METHOD = ("Applied methodology and version", "methodology")
CREDITING = ("Crediting period", "crediting")
PERIOD = ("Monitoring period", "period")
OPINION = (
    ("Opinion", "opinion"),
    ("Date of the opinion", "opinion_on"),
    ("Grounds", "opinion_text"),
    ("Corrective action, clarification and forward action requests", "requests"),
)
AMOUNTS = ("Emission reductions and credits by vintage", "vintages")
WITHDRAWAL = (("Reason of the withdrawal", "withdrawal"), ("Withdrawn on", "withdrawn_on"))

PAPERS = (
    Paper(
        "3.1", "Project Idea Note (PIN)", "project",
        (*WHO, ("Summary", "summary"), ("Location", "place"), ("Sectoral scope", "scope"),
         ("Intended methodology", "methodology"), ("Expected reductions by year", "expected")),
    ),
    Paper(
        "3.2", "Modalities of Communication (MoC) Statement", "project",
        (*WHO, FOCAL, ("Signatures", "by_hand")),
    ),
    Paper(
        "3.3", "Assessment of Reference Emissions Request", "project",
        (*WHO, METHOD, ("Reference emissions (equation)", "reference_equation"),
         ("Project emissions (equation)", "project_equation"),
         ("Parameters fixed ex ante", "fixed"), ("Eligibility criteria", "checklist")),
    ),
    Paper(
        "3.4", "Validation Report", "project",
        (*WHO, ENTITY, METHOD, ("Eligibility criteria", "checklist"), ("Parameters fixed ex ante", "fixed"),
         ("Public inputs", "inputs"), *OPINION),
    ),
    Paper(
        "3.5", "Credit Allocation Form", "project",
        (*WHO, ("Percentage of credits by account", "shares"), ("Rounding", "rounding")),
    ),
    Paper(
        "3.6", "Project Registration Request", "project",
        (*WHO, FOCAL, ENTITY, METHOD, ("Sectoral scope", "scope"), ("Location", "place"), CREDITING,
         ("Expected reductions by year", "expected"), ("Validation opinion", "opinion"),
         ("Percentage of credits by account", "shares")),
    ),
    Paper(
        "3.7", "Project Implementation Report", "issuance",
        (*WHO, METHOD, PERIOD, ("Monitored values", "readings"), ("Parameters fixed ex ante", "fixed"),
         ("Calculation", "calculation"), AMOUNTS),
    ),
    Paper(
        "3.8", "Verification Report", "issuance",
        (*WHO, ENTITY, METHOD, PERIOD, AMOUNTS,
         ("Why fewer credits are confirmed than computed", "lowered"),
         *OPINION),
    ),
    Paper(
        "3.9", "Credits Issuance Request", "issuance",
        (*WHO, FOCAL, PERIOD, ("Verification opinion", "opinion"), AMOUNTS,
         ("Allocation by account", "allotments")),
    ),
    Paper(
        "3.10", "Crediting Period Renewal Request", "project",
        (*WHO, FOCAL, METHOD, CREDITING, ("New end of the crediting period", "renewal")),
    ),
    Paper(
        "3.11", "Methodology Revision Request", "methodology",
        (("Methodology", "number"), ("Title", "title"), ("Revises", "revises"), ("Proponent", "proponent"),
         ("Reference emissions (equation)", "reference_equation"),
         ("Project emissions (equation)", "project_equation"), ("Parameters", "parameters"),
         ("Eligibility criteria", "criteria")),
    ),
    Paper(
        "3.12", "Post-Registration Changes Request", "project",
        (*WHO, FOCAL, METHOD, ("Reason of the change", "change_reason"),
         ("Parameters before", "change_before"),
         ("Parameters after", "change_after")),
    ),
    Paper("3.13", "Project Withdrawal Request", "project", (*WHO, FOCAL, *WITHDRAWAL)),
    Paper("3.14", "Registration Request Withdrawal Request", "project", (*WHO, FOCAL, *WITHDRAWAL)),
    Paper("3.15", "Issuance Request Withdrawal Request", "issuance", (*WHO, FOCAL, PERIOD, *WITHDRAWAL)),
)  # fmt: skip
BY_NUMBER = {paper.number: paper for paper in PAPERS}
BY_SLUG = {paper.slug: paper for paper in PAPERS}
