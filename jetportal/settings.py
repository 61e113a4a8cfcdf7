"""Settings of the portal, read top to bottom; everything that varies comes from the environment.

The variables, their meaning and their safe values are listed in `.env.example` and in the README.
Bad combinations are turned into start-up errors by `jetportal/checks.py`.
"""

import sys
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from jetportal.buckets import bucket_options

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
env.read_env(BASE_DIR / ".env")

# --- What this installation is -------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
SECRET_KEY = env.str("SECRET_KEY", "only-for-debugging" if DEBUG else environ.Env.NOTSET)
# Keys that seal what is sensitive (Fernet), newest first; only for debugging there may be none.
SEALING_KEYS = env.list("SEALING_KEYS", default=[])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

SITE = urlsplit(SITE_URL)
HTTPS = SITE.scheme == "https"

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "jetportal.apps.PortalConfig",
    "jetportal.accounts",
    "jetportal.heartbeats",
    "jetportal.mail",
    "jetportal.pagecache",
    "jetportal.parking",
    "positions",
    "applications",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "jetportal.apps.DeskConfig",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "jetportal.middleware.ArrivalMiddleware",
    "jetportal.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jetportal.safety.SafetyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jetportal.middleware.UnfitMiddleware",
    "jetportal.middleware.MethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jetportal.pagecache.middleware.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jetportal.accounts.middleware.StaffSecondFactorMiddleware",
]

ROOT_URLCONF = "jetportal.urls"
WSGI_APPLICATION = "jetportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jetportal.context.site",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = not DEBUG
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: SQLite when nothing is said, PostgreSQL in production ------------------------------

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 3,
    # Milliseconds; and pages cost the same in any order, as on every disk of today: without that
    # the planner walks past all newer rows to find those of an old round. Compiling a statement
    # takes a second or two, which none of ours is worth.
    "options": "-c statement_timeout=5000 -c lock_timeout=2000 -c random_page_cost=1.1 -c jit=off",
}

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{quote(str(VAR_DIR))}/db.sqlite3")
}
DATABASE = DATABASES["default"]
if DATABASE.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASE.update(OPTIONS=POSTGRESQL_OPTIONS, CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A cache in the database, so that a lost Redis touches only the queue: rate limits of the sign-in
# are read from here at every attempt.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- Queue: Redis when there is one, a folder otherwise -------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
BROKER_DIR = VAR_DIR / "broker"

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 5, "socket_timeout": 5, "visibility_timeout": 300}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # wait for it as long as it takes: the web goes on
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "jetportal.heartbeats.clock:Clock"

# --- Mail: a folder when nothing is said, SMTP in production --------------------------------------

MAIL_DIR = VAR_DIR / "mail"
EMAIL = env.email_url("EMAIL_URL", default=f"filemail:///{quote(str(MAIL_DIR))}")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH") or str(MAIL_DIR)
EMAIL_TIMEOUT = 10  # seconds; well under the lease of the outbox
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "JET Program portal <portal@jet.example>")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", parseaddr(DEFAULT_FROM_EMAIL)[1])
MAIL_PAGE = DEMO and EMAIL_BACKEND.endswith("filebased.EmailBackend")

# --- Accounts ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "applications:list"
LOGOUT_REDIRECT_URL = "positions:home"

# Codes by mail are ours (jetportal/accounts/codes.py), passkeys and second factor the library's.
ACCOUNT_ADAPTER = "jetportal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code has proven the address
ACCOUNT_RATE_LIMITS = {"login_failed": "100/m/ip,5/5m/key"}  # codes of the second factor
MFA_ADAPTER = "jetportal.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "jetportal.accounts.forms.SecondFactorForm",
    "reauthenticate": "jetportal.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "jetportal.accounts.forms.AddAppForm",
    "add_webauthn": "jetportal.accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "jetportal.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "jetportal.accounts.forms.PasskeyAgainForm",
    "login_webauthn": "jetportal.accounts.forms.PasskeyLoginForm",
    "edit_webauthn": "jetportal.accounts.forms.NamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}  # a campus shares one address
MFA_TOTP_ISSUER = "JET Program portal"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, for clocks that are a little off
# WebAuthn refuses plain http; browsers allow it on the loopback interface only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Codes sent to one network in 15 minutes, whatever the addresses.
SIGN_IN_CODES_PER_NETWORK = env.int("SIGN_IN_CODES_PER_NETWORK", 500)

# --- Safety --------------------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "applications.views.parked.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # scripts send the token of the form they are in
SESSION_COOKIE_AGE = 14 * 24 * 3600  # two weeks: nobody must sign in again during the last hour
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Whether browsers ship with the name of the site is for the owner of the whole domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],  # Bootstrap draws with them until our own sheet has arrived
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# Bytes. A form of text may be 4 MB (1 MB of any script, percent-encoded), an upload 11 MB
# (a document of 10 MB with its envelope); more is refused by its length, before it is read.
MAX_FORM_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
MAX_UPLOAD_BYTES = 11 * 1024 * 1024
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- Language, time, files -----------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("ja", "日本語")]  # Japanese: the pages of referees, no others
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Pacific/Honolulu"  # what pages print when nothing else is said; the database holds UTC

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("DOCUMENTS_DIR", str(VAR_DIR / "documents")))
FILE_UPLOAD_PERMISSIONS = 0o600
# The virus scanner: tcp://host:3310 or unix:///path of clamd; empty: files are not scanned.
CLAMD_URL = env.str("CLAMD_URL", "")
DOCUMENTS_URL = env.str("DOCUMENTS_URL", "")  # a bucket in place of the folder
BUCKET = bucket_options(DOCUMENTS_URL)
STORAGES = {
    "default": {"BACKEND": "jetportal.bucket_storage.BucketStorage", "OPTIONS": BUCKET}
    if BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Logs: standard output, one event per line, never personal data -------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "jetportal.logs.LineFormatter"},
        "object": {"()": "jetportal.logs.ObjectFormatter"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": sys.stdout,
            "formatter": "line" if DEBUG or DEMO else "object",
        }
    },
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # it would mail whole requests to ADMINS
        "django.server": {"handlers": ["stdout"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
        # Its own lines name the reader's address, and the whole link of a request that broke.
        "gunicorn.error": {"handlers": ["stdout"], "level": "WARNING", "propagate": False},
    },
}
