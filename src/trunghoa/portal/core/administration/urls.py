from django.urls import path

from .views import organisations, people, tokens

app_name = "administration"
urlpatterns = [
    path("organisations/", organisations.listing, name="organisations"),
    path("organisations/new/", organisations.create, name="new_organisation"),
    path("organisations/<slug:code>/", organisations.detail, name="organisation"),
    path("organisations/<slug:code>/edit/", organisations.correct, name="correct"),
    path("organisations/<slug:code>/close/", organisations.close, name="close"),
    path("organisations/<slug:code>/delete/", organisations.delete, name="delete"),
    path("invitations/", people.invitations, name="invitations"),
    path("invitations/new/", people.invite, name="invite"),
    path("invitations/<int:pk>/", people.take_back, name="take_back"),
    path("people/<int:pk>/", people.edit, name="person"),
    path("people/<int:pk>/factors/", people.reset_factors, name="reset_factors"),
    path("tokens/", tokens.listing, name="tokens"),
    path("tokens/new/", tokens.create, name="new_token"),
    path("tokens/<int:pk>/", tokens.detail, name="token"),
    path("tokens/<int:pk>/rotate/", tokens.rotate, name="rotate"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke"),
]
