"""Every page of signing in, and every page that says no, in our frame and with one heading."""

import re
from types import SimpleNamespace

import pytest
from django.test import override_settings

from support.look_gallery import DESK, drawn

PAGES = {
    "account/login.html": "Sign in",
    "account/logout.html": "Sign out?",
    "account/password_reset.html": "Set a new password",
    "account/password_reset_done.html": "Look into your mail",
    "account/password_reset_from_key.html": "Choose a new password",
    "account/password_reset_from_key_done.html": "Your password is set",
    "account/password_set.html": "Choose a password",
    "account/password_change.html": "Change your password",
    "account/reauthenticate.html": "Is it still you?",
    "account/email_confirm.html": "This link has served",
    "account/verification_sent.html": "Look into your mail",
    "account/account_inactive.html": "This account is closed",
    "account/signup_closed.html": "Accounts come by invitation",
    "400.html": "We could not read that request",
    "403.html": "This page is not open to you",
    "403_csrf.html": "Please send it again",
    "404.html": "There is nothing here",
    "500.html": "Something broke on our side",
}


@pytest.mark.parametrize("template", PAGES)
@override_settings(ROOT_URLCONF="support.look_urls")
def test_each_has_our_frame_and_one_heading(template: str) -> None:
    page = drawn(template, "/account/", redirect_field="", action_url="/account/")
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", page) == [PAGES[template]]
    assert 'class="skip"' in page
    assert not re.search(r"<script>|\sstyle=|\son\w+=", page), "the content policy refuses inline code"


@override_settings(ROOT_URLCONF="support.look_urls")
def test_a_used_link_and_an_open_confirmation_say_what_to_do() -> None:
    used = drawn("account/password_reset_from_key.html", "/account/", token_fail=True)
    assert "Send me a new link" in used
    confirmation = SimpleNamespace(key="k", email_address=SimpleNamespace(email="ana@a.example"))
    asked = drawn("account/email_confirm.html", "/account/", confirmation=confirmation, can_confirm=True)
    assert "Yes, it is mine" in asked


@override_settings(ROOT_URLCONF="support.look_urls")
def test_a_role_that_may_not_is_named() -> None:
    assert "As finance you may not do this." in drawn("403.html", "/desk/", **DESK)
