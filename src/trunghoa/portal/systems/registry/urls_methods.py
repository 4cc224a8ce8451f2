"""Addresses of methodologies at work: parameters, monitoring, forms."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
