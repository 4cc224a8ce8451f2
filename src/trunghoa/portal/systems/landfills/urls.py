from django.urls import path

from .views import changes, deposits, lists, portfolio, site

app_name = "landfills"
urlpatterns = [
    path("", lists.page, name="list"),
    path("map/", lists.province_map, name="map"),
    path("portfolio/", portfolio.page, name="portfolio"),
    path("<slug:code>/", site.page, name="site"),
    path("<slug:code>/edit/", changes.site, name="edit"),
    path("<slug:code>/run/", changes.run, name="run"),
    path("<slug:code>/runs/", site.runs, name="runs"),
    path("<slug:code>/folder/", site.folder, name="folder"),
    path("<slug:code>/workbook/", site.workbook, name="workbook"),
    path("<slug:code>/conversions/new/", changes.conversion, name="new_conversion"),
    path("<slug:code>/conversions/<int:pk>/", changes.conversion, name="conversion"),
    path("<slug:code>/conversions/<int:pk>/remove/", changes.remove_conversion, name="remove_conversion"),
    path("<slug:code>/project/", changes.project, name="project"),
    path("<slug:code>/deposits/new/", changes.year, name="new_year"),
    path("<slug:code>/deposits/<int:year>/", changes.year, name="year"),
    path("<slug:code>/deposits/template/", deposits.template, name="template"),
    path("<slug:code>/deposits/import/", deposits.upload, name="upload"),
    path("<slug:code>/deposits/import/<int:pk>/", deposits.checked, name="import"),
    path("<slug:code>/deposits/import/<int:pk>/confirm/", deposits.confirm, name="confirm"),
    path("<slug:code>/deposits/import/<int:pk>/take-back/", deposits.take_back, name="take_back"),
]
