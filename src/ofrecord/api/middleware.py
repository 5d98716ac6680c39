"""Below /api/ every no is a problem, also the ones that no operation of ours says."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ofrecord.api.problems import PROBLEM_TYPE, answer, problem

Handler = Callable[[HttpRequest], HttpResponse]
_SAYS = {
    400: ("request-malformed", "The request cannot be read."),
    404: ("not-found", "There is no such address."),
    405: ("method-not-allowed", "This address does not take the method."),
    413: ("request-too-large", "The request is too large."),
}
_BROKEN = ("fault", "Something broke on our side; nothing was done.")


class ProblemsOnly:
    """Puts a problem in the place of a page that Django or the router answers with."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = request.path.startswith("/api/")
        if not is_ours or response.status_code < 400 or response["Content-Type"] == PROBLEM_TYPE:
            return response
        code, says = _SAYS.get(response.status_code, _BROKEN)
        put = answer(problem(code, response.status_code, says), response.status_code)
        if "Allow" in response:
            put["Allow"] = response["Allow"]
        return put
