"""The API: its resources, its documentation, its refusals."""

from django.urls import path
from ninja import NinjaAPI

from ofrecord.api import (
    customers,
    disputes,
    exchange,
    invoices,
    orders,
    partners,
    pools,
    preview,
    problems,
    program,
    settlement,
    statement_files,
    statements,
    subscriptions,
    why_not,
)
from ofrecord.api.parsing import StrictParser

DESCRIPTION = """\
What the pages do, for programs. Send the token of an API client as `Authorization: Bearer …`; it speaks for one house
and may do what it was given. Amounts are exact: decimal text and whole minor units. Days are half-open: `until` is the
first day after. A refusal is a problem document with a stable `code`. A write may carry an `Idempotency-Key`: the same
key gives the first answer again (with `Idempotent-Replayed: true`), and is refused with another body. Lists come in
pieces; `next` is the cursor of the piece that follows.
"""

api = NinjaAPI(
    title="Of Record",
    version="1",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
    parser=StrictParser(),
)
problems.install(api)
api.add_router("/orders", orders.router)
api.add_router("/customers", customers.router)
api.add_router("/subscriptions", subscriptions.router)
api.add_router("/subscriptions", why_not.router)
api.add_router("/invoices", invoices.router)
api.add_router("/statements", statements.router)
api.add_router("/statements", statement_files.router)
api.add_router("/disputes", disputes.router)
api.add_router("/settlement", settlement.router)
api.add_router("/program", program.router)
api.add_router("/rates", exchange.router)
api.add_router("/pools", pools.router)
api.add_router("", preview.router)
api.add_router("", partners.router)

urlpatterns = [path("v1/", api.urls)]
