"""People of every role, of both sides and of neither, and the circles that rights draw around them."""

# name: role, and the kind and side of the person's organisation
PEOPLE = {
    "officer_vn": ("officer", "ministry", "VN"),
    "officer_jp": ("officer", "ministry", "JP"),
    "locality": ("locality", "city", "VN"),
    "operator": ("operator", "facility", "VN"),
    "neighbour": ("operator", "facility", "VN"),
    "participant": ("participant", "participant", "JP"),
    "verifier": ("verifier", "third_party", "other"),
    "importer": ("importer", "importer", "VN"),
    "forecaster": ("forecaster", "forecaster", "VN"),
    "subscriber": ("subscriber", "subscriber", "other"),
    "researcher": ("researcher", "research", "JP"),
    "observer": ("observer", "observer", "other"),
}

SIGNED_IN = frozenset(PEOPLE)
ALL = SIGNED_IN | {"visitor"}
OFFICERS = frozenset({"officer_vn", "officer_jp"})
VN = frozenset({"officer_vn"})
# What only the third-party entity of a project may, and no entity of this world is one.
NOBODY: frozenset[str] = frozenset()
# Of the JCM project and its account.
PARTICIPANT = frozenset({"participant"})
READERS = OFFICERS | {"verifier", "researcher"}
# Of one site in the locality's city: those who see it, and those who keep it.
OF_SITE = READERS | {"operator", "locality"}
KEEPERS = OFFICERS | {"operator", "locality"}
OWNERS = OFFICERS | {"operator"}
ATTENDS = READERS | {"locality", "observer"}
SEE_PROPOSALS = READERS | {"locality", "observer"}
# Lead of the activity, and officers of both sides.
WORKERS = OFFICERS | {"operator"}
HAND_IN = SIGNED_IN - {"subscriber", "observer"}
# Of the operator's scenario, which is shared with the locality.
OF_SCENARIO = OFFICERS | {"operator", "locality"}
KEEPS_SCENARIO = frozenset({"operator"})
RUNS_SCENARIO = OFFICERS | KEEPS_SCENARIO
MAKES_SCENARIOS = HAND_IN - {"verifier"}
