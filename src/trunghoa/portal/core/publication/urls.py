from django.urls import path

from . import checking, views

app_name = "publication"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("check/", checking.check, name="check"),
    path("feed.atom", views.feed, name="feed"),
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/announcement/", views.announcement, name="announcement"),
    path("<slug:slug>/manifest.json", views.manifest, name="manifest"),
    path("<slug:slug>/files/<str:lang>.<str:form>", views.file, name="file"),
]
