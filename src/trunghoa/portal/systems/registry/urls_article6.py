"""Addresses of Article 6: authorisations, balances, reports."""

from django.urls import URLPattern, URLResolver, include, path

from .views import article6, article6_authorisations

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
]
# Names inside a space of their own: S2 stands beside S7 in the navigation.
urlpatterns: list[URLPattern | URLResolver] = [path("article6/", include((patterns, "article6")))]
