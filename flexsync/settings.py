"""Reads every setting from the environment (.env.example explains each variable)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from flexsync import openapi, processes, theme
from flexsync.logging import LEVELS, logging_config
from flexsync.variables import Variables

BASE_DIR = Path(__file__).resolve().parent.parent
env = Variables()
if (BASE_DIR / ".env").exists():
    env.read_file(BASE_DIR / ".env")
env.require("SECRET_KEY", "CREDENTIAL_KEYS", "DATABASE_URL", "REDIS_URL")

DEBUG = env.switch("DEBUG", default=False)
# Ids of checks that this installation does without (docs/operations.md).
SILENCED_SYSTEM_CHECKS: list[str] = [
    *env.texts("SILENCED_SYSTEM_CHECKS", default=[]),
    "security.W021",  # HSTS_PRELOAD is a choice
]
SECRET_KEY = env.text("SECRET_KEY")
# Fernet keys, newest first: the first encrypts, all decrypt, so that keys can be rotated.
CREDENTIAL_KEYS: list[str] = env.texts("CREDENTIAL_KEYS")
ALLOWED_HOSTS: list[str] = env.texts("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
PUBLIC_URL = env.address("PUBLIC_URL", default="http://localhost:8000")
# Where providers post to, "" for PUBLIC_URL: only where no proxy leads webhooks to their own process.
WEBHOOK_URL = env.address("WEBHOOK_URL", default="")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Which process this is: web, webhooks, worker, beat, or command, which is anything else.
PROCESS = env.choice("FLEXSYNC_PROCESS", default="command", among=processes.PROCESSES)

# Which version this is, for the list of processes: a commit or a release.
VERSION = env.text("FLEXSYNC_VERSION")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_results",
    "django_celery_beat",
    "django_prometheus",
    "django_structlog",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "flexsync",
    "billing",
    "integrations",
]
MIDDLEWARE = [
    "flexsync.trusted_proxies.TrustedProxies",
    "flexsync.request_ids.RequestIds",
    "flexsync.storable_addresses.StorableAddresses",
    "flexsync.webhook_fast_path.WebhookFastPath",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "flexsync.login.required.SecondFactorRequired",
    "django_structlog.middlewares.RequestMiddleware",
    "flexsync.throttling.RateLimitHeaders",
    "flexsync.acting.RequestActors",
    "flexsync.requests.RequestsWait",
    "flexsync.unavailable_page.UnavailablePage",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "flexsync.webhook_urls" if PROCESS == "webhooks" else "flexsync.urls"
WSGI_APPLICATION = "flexsync.wsgi.application"
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
            ]
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL")}
# PostgreSQL, in which no statement passes a unit of work unseen (docs/unit_of_work.md).
DATABASES["default"]["ENGINE"] = "billing.persistence.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.whole("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# For statements with server-side parameters; only the webhook has one, all others are sent as complete text.
DATABASES["default"]["OPTIONS"] = {"prepare_threshold": 0} | processes.database_options(
    PROCESS, DATABASES["default"].get("OPTIONS", {})
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = "flexsync.formats"
LOGIN_REDIRECT_URL = "admin:index"

STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Whitenoise serves the apps' own files until `collectstatic` has run, so a clone needs no build step.
WHITENOISE_USE_FINDERS = True

# People: the log-in of the admin (docs/operations.md).
VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATORS}.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Wrong passwords for a name from one address until both together are locked out, and for how long.
AXES_FAILURE_LIMIT = env.whole("LOGIN_FAILURES", default=5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole("LOGIN_LOCKOUT_MINUTES", default=15, least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "flexsync.login.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "FlexSync"
REQUIRE_SECOND_FACTOR = env.switch("REQUIRE_SECOND_FACTOR", default=False)
# A working day, whether somebody is busy or not.
SESSION_COOKIE_AGE = env.whole("SESSION_HOURS", default=12, least=1) * 3600
# The admin's own scripts evaluate what its templates say (Alpine.js), and its templates set styles.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# If PUBLIC_URL is https, headers and cookies are those for https.
HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.switch("HSTS_INCLUDE_SUBDOMAINS", default=True)
# Browsers that come with the name in their list never try it without https; it takes months to be taken out.
SECURE_HSTS_PRELOAD = HTTPS and env.switch("HSTS_PRELOAD", default=False)
# Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto count; from others they are nothing.
TRUSTED_PROXIES: list[str] = env.texts("TRUSTED_PROXIES", default=["127.0.0.0/8", "::1/128"])
# What looks for an address finds the one that TrustedProxies has left.
IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Larger bodies are refused before they are read; Stripe's events stay well below this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 400 * 1024

REDIS_URL = env.redis("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = "django-db"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Whatever happens to the broker, a worker goes on: the messages of a full one are refused for a while.
CELERY_WORKER_CONSUMER = "flexsync.consumer:Consumer"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
# A request must not wait for an unreachable broker: the row is stored, and the sweep finds it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "flexsync.beat:Scheduler"
# Each time that something was sent is written at once: another beat may have to go on from there.
CELERY_BEAT_SYNC_EVERY = 1
# Seconds without a sign of life after which another beat goes on.
BEAT_LEASE_SECONDS = env.number("BEAT_LEASE_SECONDS", default=10, least=0.1)
ALERTS_SECONDS = env.number("ALERTS_SECONDS", default=60, least=1)
STATISTICS_SECONDS = env.number("STATISTICS_SECONDS", default=60, least=1)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "integrations.sweep", "schedule": env.number("SWEEP_SECONDS", default=10, least=0.1)},
    "catch-up": {"task": "integrations.catch_up", "schedule": 30},
    "start-comparisons": {"task": "integrations.start_comparisons", "schedule": 300},
    "prune-events": {"task": "integrations.prune", "schedule": 3600},
    "forget-idempotent-requests": {"task": "billing.forget_idempotent_requests", "schedule": 3600},
}

# The address that the provider's SDK calls; only the simulator needs another than the default.
STRIPE_API_BASE = env.address("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_DASHBOARD_URL = env.address("STRIPE_DASHBOARD_URL", default="https://dashboard.stripe.com")
# How many requests of one process may wait for a provider at once: in web half of the threads.
PROVIDER_REQUESTS = env.whole("PROVIDER_REQUESTS", default=4, least=1)
# Whether a mistake of ours that a request can survive is raised all the same: tests raise it.
STRICT = DEBUG
# Calls per second to each account; 0 means what Stripe allows.
STRIPE_CALLS_PER_SECOND: float = env.number("STRIPE_CALLS_PER_SECOND", default=0.0)
# Seconds without a sign of life after which another worker takes over a worker's outbox row.
OUTBOX_LEASE_SECONDS = env.whole("OUTBOX_LEASE_SECONDS", default=60, least=1)
# Days for which the payload of a settled event is kept; 0 keeps it for ever.
EVENT_RETENTION_DAYS = env.whole("EVENT_RETENTION_DAYS", default=90)
# Days for which it is kept who changed which row; 0 keeps it for ever.
AUDIT_DAYS = env.whole("AUDIT_DAYS", default=0)
# Days for which the numbers of each hour are kept that the page of statistics shows; 0 keeps them for ever.
STATISTICS_RETENTION_DAYS = env.whole("STATISTICS_RETENTION_DAYS", default=400)
# Days for which events for other programs are kept; 0 keeps them for ever.
WEBHOOK_EVENT_DAYS = env.whole("WEBHOOK_EVENT_DAYS", default=30)
# Days of failures after which an endpoint is disabled.
WEBHOOK_DISABLE_DAYS = env.whole("WEBHOOK_DISABLE_DAYS", default=5, least=1)
# Networks that webhooks may be sent to although they are no part of the internet.
WEBHOOK_ALLOWED_NETWORKS: list[str] = env.texts("WEBHOOK_ALLOWED_NETWORKS", default=[])
# Seconds between two polls of a connection's events (0: never), and how far behind the newest each begins.
EVENT_POLL_SECONDS = env.whole("EVENT_POLL_SECONDS", default=180)
EVENT_POLL_OVERLAP_SECONDS = env.whole("EVENT_POLL_OVERLAP_SECONDS", default=600, least=360)
# Hours between two comparisons of a connection's both sides (0: none by themselves).
COMPARISON_HOURS = env.number("COMPARISON_HOURS", default=24.0)
# How long nothing of an entity may have moved before and after it was compared (else it is under way).
COMPARISON_SETTLE_SECONDS = env.whole("COMPARISON_SETTLE_SECONDS", default=60)
# Whether an import begins by itself where events are lost; else a person has to agree.
IMPORT_AFTER_GAP = env.switch("IMPORT_AFTER_GAP", default=False)
# Whether a recovery begins by itself where the database is found to be older than what the provider has seen;
# else a person has to agree.
RECOVER_AFTER_RESTORE = env.switch("RECOVER_AFTER_RESTORE", default=True)

# Who may read /metrics: whoever has the token ("": nobody), and who asks from one of the networks.
METRICS_TOKEN = env.text("METRICS_TOKEN")
PRIVATE = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
METRICS_NETWORKS: list[str] = env.texts("METRICS_NETWORKS", default=PRIVATE)

# How many requests one API key may make, such as "100/second" or "6000/minute"; "" for any number.
API_RATE_LIMIT = env.text("API_RATE_LIMIT", default="6000/minute")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["billing.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["billing.api.authentication.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["flexsync.throttling.KeyThrottle"],
    "DEFAULT_PAGINATION_CLASS": "billing.api.pagination.ItemsPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # OPTIONS is refused as any method is that an address does not know: /v1/schema describes all calls.
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "billing.api.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = openapi.SETTINGS | {"SERVERS": [{"url": PUBLIC_URL}]}
UNFOLD = theme.UNFOLD
# RequestIds has looked at it.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
LOG_LEVEL = env.choice("LOG_LEVEL", default="INFO", among=LEVELS)
LOGGING = logging_config(json=not DEBUG, level=LOG_LEVEL)

env.end_if_wrong()
