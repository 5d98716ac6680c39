"""Addresses of the confirm pages."""

from django.urls import path, re_path

from ofrecord.web.confirm import application, direct, order, replies

app_name = "confirm"

urlpatterns = [
    path("confirm/<str:secret>", order.order, name="order"),
    path("confirm/<str:secret>/price", order.price, name="price"),
    path("confirm/<str:secret>/decline", replies.decline, name="decline"),
    path("confirm/<str:secret>/ask", replies.ask, name="ask"),
    # A link that was cut off, or has something behind it, leads to the same page as one that nobody made.
    re_path(r"^confirm/.*$", order.unknown, name="unknown"),
    path("order", direct.direct, name="direct"),
    path("order/price", direct.price, name="direct-price"),
    path("order/<str:form_key>", direct.ordered, name="ordered"),
    path("apply", application.apply, name="apply"),
    path("apply/received", application.received, name="received"),
]
