"""Django's settings, read from the environment. The data folder and the database are named there, never here."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def _database(url: str) -> dict[str, object]:
    """PostgreSQL by URL; a socket folder is given as `?host=/path`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": query.get("port", parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _smtp(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_TIMEOUT": 20,
    }


_env = os.environ
BASE_URL = _env.get("OFRECORD_BASE_URL", "http://localhost:8420").rstrip("/")
DATA = Path(_env.get("OFRECORD_DATA", "data")).resolve()
# A folder or the URL of one, such as s3://bucket/books; without it, a folder of the data folder.
BOOKS = _env.get("OFRECORD_BOOKS", "")
MODE = _env.get("OFRECORD_MODE", "real")
SMTP_URL = _env.get("OFRECORD_SMTP_URL", "")
DEBUG = False
SECRET_KEY = _env.get("OFRECORD_SECRET_KEY", "")
_secure = BASE_URL.startswith("https://")

ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATABASES = {"default": _database(_env.get("DATABASE_URL", "postgresql:///ofrecord"))}
OWNER_DATABASE_URL = _env.get("OFRECORD_OWNER_DATABASE_URL", "")
if OWNER_DATABASE_URL and _env.get("OFRECORD_MIGRATING") == "yes":
    DATABASES["default"] = _database(OWNER_DATABASE_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "access",
    "journal",
    "clock",
    "mail",
    "ledger",
    "exchange",
    "program",
    "pools",
    "catalog",
    "partners",
    "customers",
    "orders",
    "subscriptions",
    "billing",
    "settlement",
    "statements",
    "jobs",
    "demonstration",
]
INSTALLED_APPS = [
    *(f"ofrecord.{room}" for room in ROOMS),
    "ofrecord.web",
    "ofrecord.api",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "ninja",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ofrecord.site.middleware.ContentPolicy",
    "ofrecord.api.middleware.ProblemsOnly",
    "ofrecord.site.middleware.OneTransaction",
    "ofrecord.site.middleware.VendorsTime",
    "ofrecord.web.readers.ReaderMiddleware",
]
ROOT_URLCONF = "ofrecord.site.urls"
WSGI_APPLICATION = "ofrecord.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ofrecord.web.navigation.navigation",
                "ofrecord.web.loading.loading",
            ]
        },
    }
]

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"login": "ofrecord.web.sign_in.SignIn"}
ACCOUNT_ADAPTER = "ofrecord.web.sign_in.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Whoever asks for a password with an address that nobody has gets no message: there is no sign-up to offer.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# How many proxies stand in front: what is counted by a visitor's address then counts the visitor's, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(_env.get("OFRECORD_TRUSTED_PROXIES", "0"))
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STATICFILES_DIRS: list[str] = []

EMAIL_BACKEND = "ofrecord.mail.backend.QueueBackend"
DEFAULT_FROM_EMAIL = _env.get("OFRECORD_MAIL_FROM", "Of Record <no-reply@localhost>")
globals().update(_smtp(SMTP_URL) if SMTP_URL else {})

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
X_FRAME_OPTIONS = "DENY"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "ofrecord.site.logs.LineWithoutSecrets",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["postgres.E005"]
