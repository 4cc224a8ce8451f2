"""The chain is sealed at commit, which only the portal's own database backends do."""

from typing import Any

from django.core.checks import Error, register
from django.db import connection


@register
def sealing_backend(app_configs: Any, **kwargs: Any) -> list[Error]:
    if hasattr(connection, "pending"):
        return []
    hint = "Set ENGINE to trunghoa.portal.core.audit.sqlite or trunghoa.portal.core.audit.postgresql."
    return [Error("The database backend does not seal audit entries.", hint=hint, id="audit.E001")]
