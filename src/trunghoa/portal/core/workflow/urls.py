from django.urls import path

from . import views

app_name = "workflow"
urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("workflow/", views.machine_list, name="machines"),
    path("workflow/<slug:name>/", views.machine_page, name="machine"),
    path("workflow/<slug:name>/<int:pk>/comment/", views.comment, name="comment"),
    path("workflow/<slug:name>/<int:pk>/<slug:verb>/", views.move, name="move"),
]
