from django.urls import path

from . import views

app_name = "record"
urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/<int:pk>/", views.figure, name="figure"),
    path("runs/<uuid:pk>/", views.run, name="run"),
    path("runs/<uuid:pk>/progress/", views.run_progress, name="progress"),
    path("documents/<str:sha256>/", views.document, name="document"),
]
