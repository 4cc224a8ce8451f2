"""Settings. Everything a deployment changes comes from the environment; the defaults run on one machine."""

from pathlib import Path

from csp.constants import NONE, SELF

from trunghoa.portal import environment

PACKAGE = Path(__file__).resolve().parent
# Where the database, uploads and rendered reports live.
VAR = Path(environment.text("TRUNGHOA_VAR", "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag("DEBUG", False)
# "demo" allows a throw-away key and plain HTTP on this machine; anything else must bring its own key.
DEMO = environment.flag("TRUNGHOA_DEMO", False)
SECRET_KEY = environment.text("SECRET_KEY", "demo-only-" + "0" * 50 if DEMO else None)
ALLOWED_HOSTS = environment.text("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in environment.text("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

# The rooms, one per system; each brings its addresses, its API and its section of the report.
ROOMS = ["scenarios", "landfills", "registry", "workplan"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "rules.apps.AutodiscoverRulesConfig",
    "trunghoa.portal",
    "trunghoa.portal.core.audit",
    "trunghoa.portal.core.accounts",
    "trunghoa.portal.core.record",
    "trunghoa.portal.core.administration",
    "trunghoa.portal.core.workflow",
    "trunghoa.portal.core.ledger",
    "trunghoa.portal.core.charts",
    "trunghoa.portal.core.publication",
    *[f"trunghoa.portal.systems.{room}" for room in ROOMS],
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trunghoa.portal.core.audit.middleware.audited",
    "django.contrib.messages.middleware.MessageMiddleware",
    "trunghoa.portal.core.accounts.sessions.Sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "trunghoa.portal.core.accounts.gate.Gate",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "trunghoa.portal.urls"
WSGI_APPLICATION = "trunghoa.portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trunghoa.portal.navigation.context",
            ],
            "builtins": ["trunghoa.portal.core.record.templatetags.numbers"],
        },
    }
]

DATABASES = {
    "default": environment.database(environment.text("DATABASE_URL", "sqlite:///trunghoa.sqlite3"), VAR)
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Contents of lists, of each process for itself; see core/record/standing.py.
    "standing": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "standing",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "trunghoa.portal.core.accounts.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False
# Officers need a second factor. Only the demonstration, where nothing is real, does without.
MFA_COMPULSORY = environment.flag("MFA_COMPULSORY", not DEMO) or not DEMO
MFA_ADAPTER = "trunghoa.portal.core.accounts.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Trung hòa"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
# Nobody signs up: people are invited.
ACCOUNT_EMAIL_VERIFICATION = "none"
OFFICER_IDLE_MINUTES = environment.number("OFFICER_IDLE_MINUTES", 30)
INVITATION_DAYS = environment.number("INVITATION_DAYS", 7)
PASSWORD_RESET_TIMEOUT = environment.number("PASSWORD_RESET_MINUTES", 60) * 60
API_TOKEN_RATE = environment.text("API_TOKEN_RATE", "600/min")
API_TOKEN_GRACE_HOURS = environment.number("API_TOKEN_GRACE_HOURS", 24)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

# Vietnamese first; the language stands in the address, so a link shows what its sender saw.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["trunghoa.portal.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
# A deadline's date belongs to the side that owes it.
SIDE_TIME_ZONES = {"VN": "Asia/Ho_Chi_Minh", "JP": "Asia/Tokyo"}
# Reminders look so many days ahead; links in mails that no request leads to begin with this address.
REMIND_DAYS = environment.number("REMIND_DAYS", 7)
SITE_URL = environment.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
DOCUMENT_ROOT = VAR / "documents"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DOCUMENT_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What one handed-in file may bring, and what one organisation may keep.
DOCUMENT_MAX_BYTES = environment.number("DOCUMENT_MAX_MIB", 20) * 2**20
DOCUMENT_MAX_UNPACKED = 200 * 2**20
DOCUMENT_MAX_RATIO = 200
DOCUMENT_MAX_ENTRIES = 2000
DOCUMENT_MAX_PIXELS = 100 * 10**6
DOCUMENT_QUOTA_BYTES = environment.number("DOCUMENT_QUOTA_MIB", 2048) * 2**20
# What one run of a scenario may take.
SCENARIO_SECONDS = environment.number("SCENARIO_SECONDS", 900)
# A handed-in model is read while its bringer waits.
SCENARIO_READ_SECONDS = environment.number("SCENARIO_READ_SECONDS", 60)
SCENARIO_MEMORY_BYTES = environment.number("SCENARIO_MEMORY_MIB", 2048) * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 2**20

# The demonstration writes its mails into a folder.
globals().update(
    environment.email(environment.text("EMAIL_URL", "file:" if DEMO else "smtp://localhost:25"), VAR)
)
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "trunghoa@localhost")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
if not DEMO:
    SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING")},
}
