from .urls_plan import urlpatterns as plan_patterns

app_name = "workplan"
urlpatterns = [*plan_patterns]
