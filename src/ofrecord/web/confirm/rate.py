"""How often one address may send a public form."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

_HOUR = 3600


def too_often(request: HttpRequest, action: str, most_an_hour: int) -> bool:
    """Counts this time, and says whether there were too many within the hour.

    The address is the one that sign-in counts by, so behind a proxy OFRECORD_TRUSTED_PROXIES
    decides for both. The count is kept in Django's cache: each web process has its own unless the cache is
    shared, so it slows a flood down and promises no more than that.
    """
    key = f"often:{action}:{get_adapter().get_client_ip(request)}"
    if cache.add(key, 1, _HOUR):
        return False
    try:
        return int(cache.incr(key)) > most_an_hour
    except ValueError:  # It ran out between the two lines.
        return False
