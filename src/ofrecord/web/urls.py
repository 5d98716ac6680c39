"""The addresses of all pages."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from ofrecord.web import loading, public_home, public_join

# Of django-allauth only what people need who were invited: no open sign-up, one address a person.
_ACCOUNT = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public_home.home, name="home"),
    path("loading", loading.how_far, name="loading"),
    path("account/", include(_ACCOUNT)),
    path("join/<str:secret>", public_join.join, name="join"),
    path("desk/", include("ofrecord.web.desk.urls")),
    path("portal/", include("ofrecord.web.portal.urls")),
    path("", include("ofrecord.web.confirm.urls")),
]
