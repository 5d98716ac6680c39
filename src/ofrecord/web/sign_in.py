"""How people sign in: by e-mail and password, and only people who were invited or approved."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """No open sign-up: a person comes by an invitation, a partner by its application."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
