"""Addresses of purchases: offers, agreements, deliveries, payments."""

from django.urls import path

from .views import agreements, purchases

urlpatterns = [
    path("purchases/", purchases.page, name="purchases"),
    path("purchases/offers/new/", purchases.new_offer, name="new_offer"),
    path("purchases/offers/<int:pk>/", purchases.offer, name="offer"),
    path("purchases/offers/<int:pk>/edit/", purchases.edit_offer, name="edit_offer"),
    path("purchases/agreements/new/", agreements.new, name="new_agreement"),
    path("purchases/agreements/<int:pk>/", agreements.page, name="agreement"),
    path("purchases/agreements/<int:pk>/edit/", agreements.edit, name="edit_agreement"),
    path("purchases/agreements/<int:pk>/deliver/", agreements.deliver, name="deliver"),
    path(
        "purchases/agreements/<int:pk>/deliveries/<int:number>/remove/",
        agreements.remove,
        name="remove_delivery",
    ),
    path("purchases/agreements/<int:pk>/pay/", agreements.pay, name="pay"),
    path("purchases/payments/<int:pk>/", agreements.payment, name="payment"),
]
