"""Every address of the installation."""

from django.urls import path

from ofrecord.site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
