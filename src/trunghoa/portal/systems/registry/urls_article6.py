"""Addresses of Article 6: authorisations, balances, reports."""

from django.urls import URLPattern, URLResolver, include, path

from .views import (
    article6,
    article6_authorisations,
    article6_files,
    article6_parties,
    article6_reports,
)

patterns = [
    path("", article6.page, name="home"),
    path("approaches/new/", article6.new_approach, name="new_approach"),
    path("approaches/<slug:code>/", article6.approach, name="approach"),
    path("approaches/<slug:code>/entity/", article6.new_entity, name="new_entity"),
    path("authorisations/", article6_authorisations.listing, name="authorisations"),
    path("authorisations/new/", article6_authorisations.new, name="new_authorisation"),
    path("authorisations/<int:pk>/", article6_authorisations.page, name="authorisation"),
    path("authorisations/<int:pk>/version/", article6_authorisations.version, name="version"),
    path("approvals/", article6_authorisations.approvals, name="approvals"),
    path("approvals/new/", article6_authorisations.new_approval, name="new_approval"),
    path("approvals/<int:pk>/", article6_authorisations.approval, name="approval"),
    path("parties/<slug:party>/", article6_parties.page, name="party"),
    path("parties/<slug:party>/settings/", article6_parties.edit, name="settings"),
    path("parties/<slug:party>/inventory/", article6_parties.inventory, name="inventory"),
    path("parties/<slug:party>/final/<int:year>/", article6_parties.propose_final, name="propose_final"),
    path("final/<int:pk>/", article6_parties.final, name="final"),
    path("reports/", article6_reports.listing, name="reports"),
    path("reports/begin/<slug:kind>/", article6_reports.begin, name="begin_report"),
    path("reports/<int:pk>/", article6_reports.report, name="report"),
    path("reports/<int:pk>/edit/", article6_reports.edit, name="edit_report"),
    path("annual/<int:pk>/", article6_reports.annual, name="annual"),
    path("annual/<int:pk>/workbook/", article6_reports.workbook, name="annual_workbook"),
    path("files/", article6_files.listing, name="files"),
    path("files/new/<slug:kind>/", article6_files.new, name="hand_in"),
    path("files/<int:pk>/", article6_files.page, name="handed"),
    path("double-counting/", article6_files.double_counting, name="double_counting"),
    path("contribute/<slug:number>/", article6_files.contribute, name="contribute"),
]
# Names inside a space of their own: S2 stands beside S7 in the navigation.
urlpatterns: list[URLPattern | URLResolver] = [path("article6/", include((patterns, "article6")))]
