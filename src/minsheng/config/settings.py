"""Settings, all from the environment with safe defaults; nothing secret stands in this file.

`MINSHENG_HOME` (default `.demo`) holds what one installation owns: the embedded database, keys, files.
`DATABASE_URL` names a PostgreSQL server >= 15 for the app role; `DATABASE_OWNER_URL` the role that owns the tables.
Without `DATABASE_URL` the embedded PostgreSQL under `MINSHENG_HOME` is used (see `config.database`).
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from minsheng.config.audit_words import AUDIT_WORDS as AUDIT_WORDS
from minsheng.config.database import connection_settings
from minsheng.config.limits import *  # noqa: F403
from minsheng.config.navigation import HOUSEHOLD_ACTS as HOUSEHOLD_ACTS
from minsheng.config.navigation import NAVIGATION as NAVIGATION
from minsheng.config.navigation import PERSON_ACTS as PERSON_ACTS
from minsheng.config.navigation import RESULT_ACT as RESULT_ACT
from minsheng.config.repeatable import DOORS as DOORS
from minsheng.config.repeatable import REPEATABLE as REPEATABLE
from minsheng.config.retention import RETENTION as RETENTION
from minsheng.config.roles import ROLES
from minsheng.config.sensitive import ACT_WORDS as ACT_WORDS
from minsheng.config.sensitive import SENSITIVE
from minsheng.config.sign_in import *  # noqa: F403

HOME = Path(os.environ.get("MINSHENG_HOME") or ".demo").resolve()
DEMO = os.environ.get("MINSHENG_DEMO", "") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("MINSHENG_SECRET_KEY", "")
if not SECRET_KEY:
    secret_file = HOME / "secret-key"
    SECRET_KEY = secret_file.read_text().strip() if secret_file.exists() else "unset: run `minsheng demo` or set a key"
ALLOWED_HOSTS = os.environ.get("MINSHENG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "minsheng.foundation.entrance",  # before allauth: its pages are shown in our templates
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "procrastinate.contrib.django",
    "minsheng.foundation.pages",
    "minsheng.foundation.accounts",
    "minsheng.foundation.access",
    "minsheng.foundation.audit",
    "minsheng.foundation.events",
    "minsheng.foundation.jobs",
    "minsheng.foundation.calendars",
    "minsheng.foundation.sealing",
    "minsheng.foundation.files",
    "minsheng.foundation.once",
    "minsheng.foundation.running",
    "minsheng.foundation.exports",
    "minsheng.foundation.evidence",
    "minsheng.records.places",
    "minsheng.records.registry",
    "minsheng.records.registry.imports",
    "minsheng.records.privacy",
    "minsheng.work.eligibility",
    "minsheng.work.eligibility.publishing",
    "minsheng.work.eligibility.missed",
    "minsheng.work.eligibility.whatif",
    "minsheng.work.payments",
    "minsheng.work.visits",
    "minsheng.work.casework",
    "minsheng.insight.catalogue",
    "minsheng.insight.exchange",
    "minsheng.insight.cockpit",
    "minsheng.portal",
    "minsheng.config.backups",
]

MIDDLEWARE = [
    "minsheng.foundation.pages.middleware.RequestIdentity",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # above the static files, which may be opened by themselves (SVG)
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "minsheng.foundation.running.middleware.Watch",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "minsheng.foundation.entrance.middleware.SessionGate",
    "minsheng.foundation.files.scanning.ScanUploads",  # after the form token, before the view
    "minsheng.foundation.access.middleware.ViewerMiddleware",
]
ROOT_URLCONF = "minsheng.config.urls"
WSGI_APPLICATION = "minsheng.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "minsheng.foundation.pages.context.page",
                "minsheng.foundation.entrance.context.kept_form",
            ],
            "builtins": ["minsheng.foundation.pages.templatetags.minsheng"],
        },
    }
]

DATABASES = connection_settings(home=HOME)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A demo takes passwords alone, so that a stranger can look around; anything else that says so does not start.
SIGN_IN_SIMPLE = os.environ.get("MINSHENG_SIGN_IN_SIMPLE", "1" if DEMO else "0") == "1"
SENSITIVE_ACTS = SENSITIVE

# One JSON object a line on the standard error stream, never with what a person typed (foundation/running/logs.py).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "minsheng.foundation.running.logs.SparingFormatter"}},
    "handlers": {"stderr": {"class": "minsheng.foundation.running.logs.SteadyHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # One line for each request; a demo's terminal is for its reader.
        "minsheng.requests": {"level": "WARNING" if DEMO else "INFO"},
    },
}
STATE_FILE = HOME / "state.json"  # what gives way now; written by `minsheng degrade` and `minsheng read-only`
INSIDE = tuple(os.environ.get("MINSHENG_INSIDE", "127.0.0.0/8,::1/128").split(","))  # who may read figures
RATE_LIMITED = True
CACHES["limits"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}  # noqa: F405
API_PREFIX = "/api/"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = HOME / "files"
# Where backups lie, as this machine sees them: drilled weekly. `none` where another machine drills and answers for it.
BACKUPS = os.environ.get("MINSHENG_BACKUPS", "")
# clamd, as host:port or a socket's path; a bureau whose gateway scans says `none` and answers for it.
VIRUS_SCANNER = os.environ.get("MINSHENG_VIRUS_SCANNER", "")
QUARANTINE = HOME / "quarantine"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
# Cookies carry the Secure flag except in demo mode, which is served over plain http on loopback.
SECURE_COOKIES = not DEMO
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Longer than a sign-in may last (10 hours, `entrance.rules`), so that a form sent too late is kept for its owner.
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_FAILURE_VIEW = "minsheng.foundation.pages.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_SSL_REDIRECT = not DEMO  # TLS ends at nginx, whose word about it `minsheng serve` takes from loopback only
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|metrics)$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Where foundation rooms find what the upper floors declare, without importing them.
ROLE_CATALOGUE = ROLES
RUNS_VIEWS = "minsheng.foundation.once.guard.run"
SEALING_KEY_FILE = Path(os.environ.get("MINSHENG_KEY_FILE", str(HOME / "keys.json")))
# Roots of the audit trail, outside of the database: another machine's disk, or a folder that is copied there.
AUDIT_ROOTS = Path(os.environ.get("MINSHENG_AUDIT_ROOTS", HOME / "audit-roots"))
RESIDENT_PAGES = ("/my/",)  # errors are told here as residents are spoken to
# What is written to on this machine, by the name that `/readyz` and `/metrics` call it.
DISKS = {"home": HOME, "uploads": Path(tempfile.gettempdir()), "audit_roots": AUDIT_ROOTS}
POLICIES = Path(os.environ.get("MINSHENG_POLICIES", Path(__file__).parents[3] / "policies"))
PLANS = Path(os.environ.get("MINSHENG_PLANS", Path(__file__).parents[3] / "plans"))
# The demo may be looked at some days ahead, so that a notice of seven days can be seen to end; nothing else may.
DEMO_DAYS_AHEAD = int(os.environ.get("MINSHENG_DEMO_DAYS_AHEAD", "0")) if DEMO else 0
# The adapter to the sources of the economic check; without one, results are entered by hand.
SIMULATED_SOURCES = "minsheng.work.casework.checking.simulated.SimulatedSources"
ECONOMIC_CHECK_PROVIDER = os.environ.get("MINSHENG_CHECK_PROVIDER", SIMULATED_SOURCES if DEMO else "")
# The door of 浙里办 for residents: off unless it is named, with its addresses and the file that holds its secret.
IDENTITY_PROVIDER = os.environ.get("MINSHENG_IDENTITY_PROVIDER", "")
ZHELIBAN = {
    "authorise_url": os.environ.get("MINSHENG_ZHELIBAN_AUTHORISE_URL", ""),
    "base_url": os.environ.get("MINSHENG_ZHELIBAN_URL", ""),
    "client_id": os.environ.get("MINSHENG_ZHELIBAN_CLIENT", ""),
    "secret_file": os.environ.get("MINSHENG_ZHELIBAN_SECRET_FILE", ""),
}
if ZHELIBAN["authorise_url"]:  # a form of ours leads there
    _door = urlsplit(ZHELIBAN["authorise_url"])
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(f"{_door.scheme}://{_door.netloc}")
SNAPSHOTS = Path(os.environ.get("MINSHENG_SNAPSHOTS", HOME / "snapshots"))  # facts for trials, one file a database
DISTRICT_CODE = os.environ.get("MINSHENG_DISTRICT", "330102000000")
# The exchange with other offices: our name in messages, the key that our answers are signed with, and, in the demo and
# in tests only, partners on this very machine.
EXCHANGE_ID = os.environ.get("MINSHENG_EXCHANGE_ID", f"minsheng.{DISTRICT_CODE}")
EXCHANGE_KEY_FILE = Path(os.environ.get("MINSHENG_EXCHANGE_KEY_FILE", HOME / "exchange-key.json"))
EXCHANGE_LOOPBACK = DEMO
# Preloading HSTS is the owner of the whole domain's business. Tries are counted by account and not by address: a whole
# service hall stands behind one (experiment E20).
SILENCED_SYSTEM_CHECKS = ["security.W021", "axes.W006"]
