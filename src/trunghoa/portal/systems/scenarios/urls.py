from django.urls import path

from .views import builder, compare, library, osemosys, runs, scenario, workbooks

app_name = "scenarios"
urlpatterns = [
    path("", library.page, name="library"),
    path("new/", builder.new, name="new"),
    path("compare/", compare.page, name="compare"),
    path("models/new/", osemosys.new, name="new_model"),
    path("<slug:code>/", scenario.page, name="scenario"),
    path("<slug:code>/energy/", scenario.energy, name="energy"),
    path("<slug:code>/money/", scenario.money, name="money"),
    path("<slug:code>/edit/", builder.edit, name="edit"),
    path("<slug:code>/fork/", builder.fork, name="fork"),
    path("<slug:code>/levers/", builder.levers, name="levers"),
    path("<slug:code>/run/", runs.run, name="run"),
    path("<slug:code>/cancel/", runs.cancel, name="cancel"),
    path("<slug:code>/progress/", runs.progress, name="progress"),
    path("<slug:code>/files/<slug:kind>/", runs.file, name="file"),
    path("<slug:code>/results/<slug:name>/", osemosys.table, name="result"),
    path("<slug:code>/tables/", builder.all_tables, name="tables"),
    path("<slug:code>/tables/<slug:name>/", builder.table, name="table"),
    path("<slug:code>/tables/<slug:name>/row/", builder.row, name="row"),
    path("<slug:code>/edits/<int:pk>/undo/", builder.undo, name="undo"),
    path("<slug:code>/workbook/", workbooks.workbook, name="workbook"),
    path("<slug:code>/import/", workbooks.upload, name="upload"),
    path("<slug:code>/import/<int:pk>/", workbooks.checked, name="import"),
    path("<slug:code>/import/<int:pk>/confirm/", workbooks.confirm, name="confirm"),
]
