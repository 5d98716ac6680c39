"""A statement as a file to take along, from both of its pages."""

import io
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from ofrecord.access.types import Permission
from ofrecord.documents.types import Form
from ofrecord.flows.hand_out_statement import hand_out
from ofrecord.web.readers import desk, portal, reader_in


@desk(Permission.STATEMENTS_READ)
def of_any_partner(request: HttpRequest, statement_id: UUID, form: Form) -> HttpResponseBase:
    """The statement of any partner, for the office."""
    return _file(request, statement_id, form)


@portal(Permission.STATEMENTS_READ)
def of_own_house(request: HttpRequest, statement_id: UUID, form: Form) -> HttpResponseBase:
    """A statement of the reader's own house."""
    return _file(request, statement_id, form)


def _file(request: HttpRequest, statement_id: UUID, form: Form) -> FileResponse:
    made = hand_out(reader=reader_in(request), statement_id=statement_id, form=form)
    return FileResponse(
        io.BytesIO(made.content), as_attachment=True, filename=made.name, content_type=made.media_type
    )
