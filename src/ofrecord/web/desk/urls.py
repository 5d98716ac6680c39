"""The addresses of the desk."""

from django.urls import path

from ofrecord.documents.types import Form
from ofrecord.web import statement_files
from ofrecord.web.desk import (
    clients,
    clock,
    closing,
    customers,
    invoice,
    invoices,
    mail,
    orders,
    partner,
    partners,
    people,
    program,
    publishing,
    settlement,
    statements,
    subscription,
    subscriptions,
    tie_out,
    today,
)

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("partners/", partners.partners, name="partners"),
    path("partners/<uuid:partner_id>/", partner.partner, name="partner"),
    path("partners/<uuid:partner_id>/approve", partner.approve, name="partner-approve"),
    path("partners/<uuid:partner_id>/refuse", partner.refuse, name="partner-refuse"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<uuid:customer_id>/", customers.customer, name="customer"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:subscription_id>/", subscription.subscription, name="subscription"),
    path("subscriptions/<uuid:subscription_id>/seats", subscription.change_seats, name="subscription-seats"),
    path("subscriptions/<uuid:subscription_id>/cancel", subscription.cancel, name="subscription-cancel"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/paid", invoices.mark_paid, name="invoices-paid"),
    path("invoices/<uuid:invoice_id>/", invoice.invoice, name="invoice"),
    path("settlement/", settlement.settlement, name="settlement"),
    path("settlement/statements/", statements.statements, name="statements"),
    path("settlement/statements/<uuid:statement_id>/", statements.statement, name="statement"),
    *(
        path(
            f"settlement/statements/<uuid:statement_id>/{form}",
            statement_files.of_any_partner,
            {"form": form},
            name=f"statement-{form}",
        )
        for form in Form
    ),
    path("settlement/<str:month>/", closing.month, name="month"),
    path("settlement/<str:month>/tie-out", tie_out.tie_out, name="tie-out"),
    path("settlement/<str:month>/close", closing.close, name="month-close"),
    path("settlement/runs/<uuid:run_id>", closing.run, name="run"),
    path("settlement/runs/<uuid:run_id>/progress", closing.run_progress, name="run-progress"),
    path("settlement/runs/<uuid:run_id>/stop", closing.stop, name="run-stop"),
    path("program/", program.program, name="program"),
    path("program/new", publishing.new, name="program-new"),
    path("program/publish", publishing.publish, name="program-publish"),
    path("program/<uuid:version_id>/", program.version, name="version"),
    path("program/<uuid:version_id>/document", program.document, name="version-document"),
    path("mail/", mail.mail, name="mail"),
    path("mail/<uuid:message_id>/", mail.message, name="message"),
    path("people/", people.people, name="people"),
    path("people/invite", people.invite, name="people-invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw", people.withdraw, name="invitation-withdraw"),
    path("people/<uuid:member_id>/", people.colleague, name="colleague"),
    path("people/api/", clients.clients, name="clients"),
    path("people/api/new", clients.new_client, name="client-new"),
    path("people/api/<uuid:client_id>/", clients.client, name="client"),
    path("people/api/<uuid:client_id>/revoke", clients.revoke, name="client-revoke"),
    path("clock/", clock.clock, name="clock"),
    path("clock/progress", clock.clock_progress, name="clock-progress"),
]
