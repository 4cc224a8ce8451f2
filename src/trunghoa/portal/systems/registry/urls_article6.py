"""Addresses of Article 6: authorisations, balances, reports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
