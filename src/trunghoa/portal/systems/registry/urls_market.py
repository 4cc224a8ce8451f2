"""Addresses of partner registries, purchases and certificates."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
