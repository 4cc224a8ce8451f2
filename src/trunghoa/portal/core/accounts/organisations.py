"""Which roles the people of an organisation can have, by its kind; the first is the usual one."""

from .models import Organisation, User

Kind, Role = Organisation.Kind, User.Role

ROLES: dict[str, tuple[User.Role, ...]] = {
    Kind.MINISTRY: (Role.OFFICER, Role.OBSERVER),
    Kind.PROVINCE: (Role.LOCALITY, Role.OBSERVER),
    Kind.CITY: (Role.LOCALITY, Role.OBSERVER),
    Kind.FACILITY: (Role.OPERATOR, Role.OBSERVER),
    Kind.PARTICIPANT: (Role.PARTICIPANT, Role.OPERATOR, Role.OBSERVER),
    Kind.THIRD_PARTY: (Role.VERIFIER,),
    Kind.IMPORTER: (Role.IMPORTER, Role.OBSERVER),
    Kind.FORECASTER: (Role.FORECASTER, Role.OBSERVER),
    Kind.SUBSCRIBER: (Role.SUBSCRIBER,),
    Kind.RESEARCH: (Role.RESEARCHER, Role.OBSERVER),
    Kind.OBSERVER: (Role.OBSERVER,),
}


def roles(organisation: Organisation) -> tuple[User.Role, ...]:
    """Roles that the organisation's people can have; officers are of one of the two sides."""
    found = ROLES[organisation.kind]
    if organisation.side == "other":
        return tuple(role for role in found if role != Role.OFFICER) or (Role.OBSERVER,)
    return found
