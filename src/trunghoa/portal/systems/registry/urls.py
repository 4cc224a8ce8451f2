from django.urls import path, re_path

from .urls_article6 import urlpatterns as article6_patterns
from .urls_methods import urlpatterns as method_patterns
from .urls_partners import urlpatterns as partner_patterns
from .urls_purchases import urlpatterns as purchase_patterns
from .views import (
    accounts,
    cadt,
    certificates,
    duties,
    home,
    issuances,
    methodologies,
    orders,
    organisation,
    projects,
    units,
)

app_name = "registry"
urlpatterns = [
    path("", home.page, name="home"),
    path("projects/", projects.listing, name="projects"),
    path("projects/new/", projects.new, name="new_project"),
    path("projects/<slug:code>/", projects.page, name="project"),
    path("projects/<slug:code>/edit/", projects.edit, name="edit_project"),
    path("projects/<slug:code>/cap/", projects.cap, name="cap"),
    path("projects/<slug:code>/input/", projects.give_input, name="project_input"),
    path("projects/<slug:code>/issuances/new/", issuances.new, name="new_issuance"),
    path("projects/<slug:code>/issuances/<int:number>/", issuances.page, name="issuance"),
    path("projects/<slug:code>/issuances/<int:number>/allotment/", issuances.allot, name="allot"),
    path("projects/<slug:code>/issuances/<int:number>/order/", issuances.order, name="order_issuance"),
    path("methodologies/", methodologies.listing, name="methodologies"),
    path("methodologies/<int:pk>/", methodologies.page, name="methodology"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.new, name="new_account"),
    path("accounts/<slug:number>/", accounts.page, name="account"),
    path("accounts/<slug:number>/order/", orders.new, name="new_order"),
    path("accounts/<slug:number>/statement/", organisation.statement, name="statement"),
    path("organisation/", organisation.page, name="organisation"),
    path("transactions/<int:pk>/", units.transaction, name="transaction"),
    path("transactions/<int:pk>/reverse/", orders.reverse_mark, name="reverse_mark"),
    path("orders/", orders.listing, name="orders"),
    path("orders/<int:pk>/", orders.page, name="order"),
    path("orders/<int:pk>/reverse/<int:number>/", orders.reverse, name="reverse_order"),
    path("units/", units.search, name="units"),
    path("certificates/", certificates.search, name="certificates"),
    path("certificates/<str:number>/", certificates.page, name="certificate"),
    path("certificates/<str:number>/pdf/", certificates.pdf, name="certificate_pdf"),
    path("seals/", units.seals, name="seals"),
    path("cadt/", cadt.page, name="cadt"),
    re_path(r"^cadt/(?P<form>json|xlsx)/$", cadt.file, name="cadt_file"),
    path("duties/", duties.page, name="duties"),
    path("duties/<int:pk>/end/", duties.end, name="end_duty"),
    *method_patterns,
    *article6_patterns,
    *purchase_patterns,
    *partner_patterns,
]
