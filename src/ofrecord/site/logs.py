"""What our logs must not hold."""

import logging
import re

# Whoever reads an address of these pages can use it: Django names a page's address when it answers with a no.
_SECRET = re.compile(r"(/(?:confirm|join|order|account/password/reset/key)/)[^\s/?\"']+")


class LineWithoutSecrets(logging.Formatter):
    """A log line, its traceback included, in which the secret of a link is left out."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1…", super().format(record))
