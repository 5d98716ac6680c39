"""The customer's other answers: a no, or a question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ofrecord.clock.queries import now
from ofrecord.flows import answer_order
from ofrecord.flows.answer_order import Sheet
from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.orders.refusals import LinkUnknown
from ofrecord.orders.types import LinkState
from ofrecord.web.confirm.forms import DeclineForm, QuestionForm
from ofrecord.web.confirm.pages import OK, answered_page, sheet_context, unknown_page
from ofrecord.web.unlisted import unlisted


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The customer's no, with a reason if it wants to give one."""
    return _reply(request, secret, DeclineForm(_sent(request)))


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The customer's question to the partner; the order stays open."""
    return _reply(request, secret, QuestionForm(_sent(request)))


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _reply(request: HttpRequest, secret: str, form: DeclineForm | QuestionForm) -> HttpResponseBase:
    try:
        sheet = answer_order.look(at=now(), secret=secret)
        if request.method == "POST" and form.is_valid():
            _send(secret, form)
            messages.success(request, _thanks(form, sheet))
            return redirect("confirm:order", secret)
    except LinkUnknown:
        return unknown_page(request)
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            # Somebody was faster: what became of the order is read anew.
            return answered_page(request, answer_order.look(at=now(), secret=secret), secret, refusal)
        form.refuse(refusal)
    if sheet.state is not LinkState.OPEN:
        return answered_page(request, sheet, secret)
    return _form_page(request, sheet, secret, form)


def _send(secret: str, form: DeclineForm | QuestionForm) -> None:
    if isinstance(form, DeclineForm):
        answer_order.decline(at=now(), secret=secret, reason=form.cleaned_data["reason"])
    else:
        answer_order.ask(at=now(), secret=secret, who=form.answerer(), text=form.cleaned_data["text"])


def _thanks(form: DeclineForm | QuestionForm, sheet: Sheet) -> str:
    if isinstance(form, DeclineForm):
        return f"Thank you. {sheet.partner_name} was told."
    return f"Your question is with {sheet.partner_name}. The order stays open until you answer it."


def _form_page(
    request: HttpRequest, sheet: Sheet, secret: str, form: DeclineForm | QuestionForm
) -> HttpResponse:
    name = "decline" if isinstance(form, DeclineForm) else "ask"
    context = {**sheet_context(sheet, secret), "form": form}
    is_refused = form.is_bound
    status = Kind.INVALID if is_refused else OK
    response = render(request, f"confirm/{name}.html", context, status=status)
    response.refused = is_refused  # type: ignore[attr-defined]
    return response
