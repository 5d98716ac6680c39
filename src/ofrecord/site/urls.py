"""Every address of the installation."""

from django.urls import include, path

from ofrecord.site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("ofrecord.api.urls")),
    path("", include("ofrecord.web.urls")),
]
