from django.urls import path, re_path

from .views import activity, changes, plan, workbooks, years

PART = r"(?P<what>milestone|indicator|budget)"
REF = r"activities/(?P<ref>[-a-zA-Z0-9_]+)"

urlpatterns = [
    path("", plan.page, name="plan"),
    path("timeline/", plan.timeline, name="timeline"),
    path("activities/new/", changes.new, name="new_activity"),
    path("activities/<slug:ref>/", activity.page, name="activity"),
    path("activities/<slug:ref>/edit/", changes.edit, name="edit_activity"),
    path("activities/<slug:ref>/milestones/<int:pk>/settle/", changes.settle, name="settle"),
    path("activities/<slug:ref>/milestones/<int:pk>/open/", changes.open_again, name="open_again"),
    re_path(rf"^{REF}/{PART}/new/$", changes.new_part, name="new_part"),
    re_path(rf"^{REF}/{PART}/(?P<pk>[0-9]{{1,18}})/$", changes.part, name="part"),
    re_path(rf"^{REF}/{PART}/(?P<pk>[0-9]{{1,18}})/remove/$", changes.remove_part, name="remove_part"),
    path("plans/new/", years.new, name="new_plan"),
    path("plans/<int:year>/workbook/", workbooks.workbook, name="workbook"),
    path("plans/<int:year>/import/", workbooks.upload, name="upload"),
    path("plans/<int:year>/import/<int:pk>/", workbooks.checked, name="import"),
    path("plans/<int:year>/import/<int:pk>/confirm/", workbooks.confirm, name="confirm"),
]
