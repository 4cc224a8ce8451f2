from django.contrib.auth.views import LogoutView
from django.urls import include, path

from .views import letting_in, own, second_factors, signing

account = [
    path("", own.profile, name="profile"),
    path("password/", own.password, name="password"),
    path("sessions/", own.session_list, name="sessions"),
    path("sessions/end/", own.end_others, name="end_others"),
    path("sessions/<int:pk>/end/", own.end_session, name="end_session"),
    path("factors/", second_factors.overview, name="factors"),
    path("factors/app/", second_factors.totp, name="totp"),
    path("factors/passkey/", second_factors.passkey, name="passkey"),
    path("factors/codes/", second_factors.codes, name="codes"),
    path("factors/<int:pk>/remove/", second_factors.remove, name="remove"),
]

urlpatterns = [
    path("login/", signing.SignIn.as_view(), name="login"),
    path("login/second/", signing.second_step, name="second_step"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", letting_in.reset, name="password_reset"),
    path("password/<uidb64>/<token>/", letting_in.ResetConfirm.as_view(), name="password_reset_confirm"),
    path("invitation/<int:pk>/<str:secret>/", letting_in.invitation, name="invitation"),
    path("account/", include((account, "account"))),
]
