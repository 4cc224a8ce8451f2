from .urls_plan import urlpatterns as plan_patterns
from .urls_proposals import urlpatterns as proposal_patterns

app_name = "workplan"
urlpatterns = [*plan_patterns, *proposal_patterns]
