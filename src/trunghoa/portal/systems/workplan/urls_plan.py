from django.urls import path

from .views import plan

urlpatterns = [
    path("", plan.page, name="plan"),
    path("timeline/", plan.timeline, name="timeline"),
    path("activities/<slug:ref>/", plan.activity, name="activity"),
]
