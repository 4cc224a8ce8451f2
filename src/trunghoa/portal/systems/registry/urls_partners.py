"""Addresses of registries of partner countries."""

from django.urls import URLPattern, URLResolver, include, path

from .views import partners

patterns = [
    path("", partners.listing, name="list"),
    path("new/", partners.new, name="new"),
    path("<int:pk>/", partners.page, name="partner"),
    path("<int:pk>/statement/", partners.hand_in, name="hand_in"),
    path("statements/<int:pk>/", partners.statement, name="statement"),
    path("statements/<int:pk>/settle/", partners.settle, name="settle"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("partners/", include((patterns, "partners")))]
