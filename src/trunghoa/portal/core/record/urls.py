from django.urls import path

from . import document_views, evidence_views, views

app_name = "record"
urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/<int:pk>/", views.figure, name="figure"),
    path("runs/<uuid:pk>/", views.run, name="run"),
    path("runs/<uuid:pk>/outputs/<str:sha256>/", views.run_output, name="output"),
    path("runs/<uuid:pk>/progress/", views.run_progress, name="progress"),
    path("documents/", document_views.listing, name="documents"),
    path("documents/new/", document_views.new, name="new_document"),
    path("documents/<str:sha256>/", document_views.page, name="document"),
    path("documents/<str:sha256>/content/", document_views.content, name="content"),
    path("documents/<str:sha256>/classification/", document_views.classify, name="classify"),
    path("evidence/<str:label>/<int:pk>/attach/", evidence_views.attach, name="attach"),
    path("evidence/<int:pk>/accept/", evidence_views.accept, name="accept"),
    path("evidence/<int:pk>/reject/", evidence_views.reject, name="reject"),
]
