"""The addresses of the portal."""

from django.urls import path

from ofrecord.documents.types import Form
from ofrecord.web import statement_files
from ofrecord.web.portal import (
    clients,
    compose,
    customers,
    disputes,
    order,
    orders,
    people,
    preview,
    program,
    statements,
    subscription,
    subscriptions,
    today,
    why_not,
)

app_name = "portal"
urlpatterns = [
    path("", today.today, name="today"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new", compose.compose, name="compose"),
    path("orders/new/earnings", compose.earnings, name="earnings"),
    path("orders/<uuid:order_id>", order.order, name="order"),
    path("orders/<uuid:order_id>/renew", order.renew, name="renew"),
    path("orders/<uuid:order_id>/withdraw", order.withdraw, name="withdraw"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<uuid:customer_id>", customers.customer, name="customer"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>", subscription.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/seats", subscription.change_seats, name="seats"),
    path("subscriptions/<uuid:subscription_id>/cancel", subscription.cancel, name="cancel"),
    path("subscriptions/<uuid:subscription_id>/invoice", subscription.next_invoice, name="next_invoice"),
    path("subscriptions/<uuid:subscription_id>/why-not", why_not.why_not, name="why_not"),
    path("statements/", statements.statements, name="statements"),
    path("statements/preview", preview.preview, name="preview"),
    path("statements/why-not", why_not.search, name="why_not_search"),
    path("statements/<uuid:statement_id>", statements.statement, name="statement"),
    *(
        path(
            f"statements/<uuid:statement_id>/{form}",
            statement_files.of_own_house,
            {"form": form},
            name=f"statement-{form}",
        )
        for form in Form
    ),
    path("statements/disputes/", disputes.disputes, name="disputes"),
    path("statements/disputes/lines/<path:line_id>", disputes.open_dispute, name="open_dispute"),
    path("statements/disputes/<uuid:dispute_id>/withdraw", disputes.withdraw, name="withdraw_dispute"),
    path("statements/lines/<path:line_id>", statements.line, name="line"),
    path("program/", program.program, name="program"),
    path("program/<uuid:version_id>", program.program_version, name="version"),
    path("program/<uuid:version_id>/document", program.document, name="document"),
    path("program/<uuid:version_id>/accept", program.accept, name="accept"),
    path("people/", people.people, name="people"),
    path("people/invite", people.invite, name="invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw", people.withdraw, name="withdraw_invitation"),
    path("people/<uuid:member_id>/remove", people.remove, name="remove"),
    path("api/", clients.clients, name="api"),
    path("api/clients", clients.make, name="make_client"),
    path("api/clients/<uuid:client_id>/revoke", clients.revoke, name="revoke_client"),
]
