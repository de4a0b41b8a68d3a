"""Settings: one file, every value that differs between places from the environment.

A start with a missing or nonsensical variable is refused with the variable's name
(landguard.env). `.env.example` lists them all; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from landguard.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(dotenv=BASE_DIR / ".env")

ENVIRONMENT = env.choice(
    "LANDGUARD_ENVIRONMENT", ["development", "test", "production"], default="development"
)
IN_PRODUCTION = ENVIRONMENT == "production"

SECRET_KEY = env.secret("SECRET_KEY", in_production=IN_PRODUCTION)
DEBUG = env.boolean("DEBUG", default=False)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", default=[] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", default=[])
if IN_PRODUCTION:
    env.refuse_if(DEBUG, "DEBUG", "must be off in production")
    env.refuse_if(not ALLOWED_HOSTS, "ALLOWED_HOSTS", "must name the host in production")

BUREAU_NAME = env.text("LANDGUARD_BUREAU_NAME", default="黔南州自然资源局")
PREFECTURE_CODE = env.text("LANDGUARD_PREFECTURE_CODE", default="522700")
BASE_URL = env.text("LANDGUARD_BASE_URL", default="http://localhost:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "ui.apps.LandGuardStaticFilesConfig",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "template_partials",
    "core",
    "ui",
    "officefiles",
    "audit",
    "accounts",
    "notifications",
    "jobs",
    "papers",
    "deadlines",
    "projects",
    "duties",
    "quotas",
    "opinions",
    "approvals",
    "onboarding",
    "consultations",
    "dispatch",
    "upkeep",
    "desk",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "audit.middleware.TrailMiddleware",
    "accounts.middleware.OpenSessionMiddleware",
    "accounts.middleware.FirstSignInMiddleware",
    "accounts.middleware.DoorMiddleware",
    "accounts.rollout.ReadingMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
    "ui.wrong_method.WrongMethodMiddleware",
    # The last one is the first to hear of a view's exception.
    "ui.outage.OutageMiddleware",
]

ROOT_URLCONF = "landguard.urls"
WSGI_APPLICATION = "landguard.wsgi.application"

FORM_RENDERER = "ui.form_renderer.OfficeRenderer"
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
                "desk.context_processors.shell",
            ],
            "libraries": {"lucide": "ui.templatetags.icons"},
        },
    }
]

# --- Data ---------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"].update(
    ATOMIC_REQUESTS=False,
    CONN_MAX_AGE=env.integer("DATABASE_CONN_MAX_AGE", default=60, least=0),
    CONN_HEALTH_CHECKS=True,
    OPTIONS={
        "connect_timeout": 5,
        # Many short questions at once: helpers and compilers for each cost more than they bring.
        "options": "-c lock_timeout=5s -c timezone=Asia/Shanghai"
        " -c max_parallel_workers_per_gather=0 -c jit=off",
    },
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.broker("REDIS_URL")
# Pages never wait for the broker: 0.3 s per attempt and no retry inside a request (rulings.md).
BROKER_TIMEOUT_SECONDS = 0.3
# After a failed wake-up no page tries again for this long; the schedule wakes the workers anyway.
BROKER_REST_SECONDS = 10
# A worker that has said nothing for this long is taken for dead, and its job begins anew elsewhere.
JOB_LEASE_SECONDS = env.integer("LANDGUARD_JOB_LEASE_SECONDS", default=60, least=1)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

PGHISTORY_APPEND_ONLY = True

# --- Time and language ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["ui.formats"]

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.RuleValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # axes locks by account and address
ACCOUNT_PRESERVE_USERNAME_CASING = True

# By the dated rules of signing in.
AXES_FAILURE_LIMIT = "accounts.adapter.failure_limit"
AXES_COOLOFF_TIME = "accounts.adapter.cool_off"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # as allauth names the credential, not its form
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_IPWARE_PROXY_COUNT = env.integer("LANDGUARD_PROXIES", default=0, least=0)

SESSION_COOKIE_AGE = env.integer("LANDGUARD_IDLE_MINUTES", default=30, least=1) * 60
SESSION_ENGINE = "accounts.session_store"  # moves the end of a session in use once a minute
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- Security -------------------------------------------------------------------------------------

BEHIND_HTTPS = env.boolean("LANDGUARD_HTTPS", default=IN_PRODUCTION)
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_HTTPS
SECURE_HSTS_PRELOAD = BEHIND_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
    }
}

# --- Files ----------------------------------------------------------------------------------------

NODE_MODULES = BASE_DIR / "node_modules"
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "var" / "static")
STATICFILES_DIRS: list[str | Path | tuple[str, Path]] = [
    BASE_DIR / "static",
    ("manual", BASE_DIR / "docs" / "manual" / "pictures"),
    ("vendor/bootstrap/css", NODE_MODULES / "bootstrap" / "dist" / "css"),
    ("vendor/bootstrap/js", NODE_MODULES / "bootstrap" / "dist" / "js"),
    ("vendor/htmx", NODE_MODULES / "htmx.org" / "dist"),
    ("vendor/echarts", NODE_MODULES / "echarts" / "dist"),
    ("vendor/tom-select/css", NODE_MODULES / "tom-select" / "dist" / "css"),
    ("vendor/tom-select/js", NODE_MODULES / "tom-select" / "dist" / "js"),
]
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _MANIFEST if IN_PRODUCTION else _PLAIN},
}
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
# Files are looked up when asked for: else every client of a test reads all of them first.
WHITENOISE_AUTOREFRESH = ENVIRONMENT == "test" or DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# A list up to this size is previewed and imported while its owner waits; a larger one in the background.
IMPORT_AT_ONCE_KB = env.integer("LANDGUARD_IMPORT_AT_ONCE_KB", default=300, least=0)
# Of one attached paper; the proxies let 30 MB pass.
PAPER_MAX_BYTES = env.integer("LANDGUARD_PAPER_MB", default=20, least=1) * 1024 * 1024

# Where `manage.py backup` puts its folders; not a disk that the database lies on, if there is another.
BACKUP_DIR = env.path("LANDGUARD_BACKUP_DIR", default=BASE_DIR / "var" / "backups")

# Signed links: openings a minute from one address before every link answers as unknown, and how
# many papers the links of one request may bring in all.
OPINION_LINK_TRIES = env.integer("LANDGUARD_LINK_TRIES", default=20, least=1)
OPINION_LINK_PAPERS = env.integer("LANDGUARD_LINK_PAPERS", default=10, least=1)

# --- Mail -----------------------------------------------------------------------------------------

_CONSOLE = {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
EMAIL = env.email("EMAIL_URL", default=_CONSOLE)
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = EMAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="landguard@localhost")

# --- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "accounts.http.OpenDoor"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "ui.api_pagination.KeysetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ui.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
REST_KNOX = {"AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": 10}
SPECTACULAR_SETTINGS = {
    "TITLE": "用地保障跟踪系统 API",
    "DESCRIPTION": "项目清单、报批步骤、期限、周台账。每个页面上的列表和动作在这里都有对应接口。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "landguard.schema.KeptSchema",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TargetMeasureEnum": "dispatch.models.Campaign.Measure",
        "PanelMeasureEnum": "dispatch.models.panels.MEASURES",
        "WindowAnswerEnum": "projects.models.windows.WindowDuty.Answer",
        "QuotaVerdictEnum": "quotas.models.ApplicationOpinion.Verdict",
        "RoundKind": "dispatch.models.RoundKind",
        "CircularKind": "dispatch.models.Circular.Kind",
        "BulletinKind": "consultations.models.Bulletin.Kind",
        "LandPatrolLevel": "approvals.models.LandPatrol.Level",
        "SupplyWay": "approvals.models.Supply.Way",
        "LandPatrolWay": "approvals.models.LandPatrol.Way",
        "FieldImprovementStage": "approvals.models.FieldImprovement.Stage",
        "LadderLevel": "dispatch.models.Level",
        "ProjectLevelEnum": "projects.models.Project.Level",
        "FileLevelEnum": "projects.models.FileLevel",
        "ApprovalLevelEnum": "projects.models.Project.ApprovalLevel",
        "SitingItemKindEnum": "projects.models.SitingItem.Kind",
        "AdjustmentKindEnum": "projects.models.AreaAdjustment.Kind",
        "BulkOutcome": "projects.models.BulkResult.Outcome",
        "BookingChannel": "quotas.models.Booking.Channel",
        "BookingKind": "quotas.models.Booking.Kind",
        "ReservationState": "quotas.models.Reservation.State",
        "QuotaRunState": "quotas.models.YearEndRun.State",
        "CalendarStatus": "deadlines.models.CalendarYear.Status",
        "DocumentKind": "approvals.models.DocumentKind",
        "MatterKindEnum": "approvals.models.MatterKind",
        "MatterTermUnit": "approvals.models.MatterTerm.Unit",
        "LandMeasureEnum": "approvals.models.LandMeasure",
        "BatchModeEnum": "approvals.models.BatchMode",
        "MapShareWay": "projects.models.MapShare.Way",
        "MapShareFormat": "projects.models.MapShare.Format",
        "SkipKind": "approvals.models.SkipRule.Kind",
        "SitingModeEnum": "projects.models.Siting.Mode",
        "DeadlineRole": "deadlines.models.Deadline.Role",
        "DeadlineState": "deadlines.models.Deadline.State",
        "GateEnum": "approvals.models.GateName",
        "JobState": "jobs.models.Job.State",
        "LibraryKind": "approvals.models.LibraryItem.Kind",
        "CheckedPaperState": "approvals.models.SetCheckItem.State",
        "LimitLine": "approvals.models.StepLimit.LineName",
        "LineKind": "deadlines.models.LineKind",
        "LineUnit": "deadlines.models.LineUnit",
        "LinkKind": "projects.models.Link.Kind",
        "MessageKind": "notifications.models.Message.Kind",
        "OrganisationKind": "accounts.models.Organisation.Kind",
        "PriorityClass": "projects.models.Project.PriorityClass",
        "TopicState": "consultations.models.STATES",
        "TopicScope": "consultations.models.SCOPES",
        "TopicSource": "consultations.models.Topic.Source",
        "MeetingKind": "consultations.models.MeetingKind",
        "MeetingState": "consultations.models.Meeting.State",
        "AttendanceState": "consultations.models.Attendance.State",
        "AgendaOutcome": "consultations.models.AgendaItem.Outcome",
        "MinutesState": "consultations.models.Minutes.State",
        "SeatRole": "consultations.models.Seat.Role",
        "DutyTaskState": "duties.models.Task.State",
        "DutyProblemState": "duties.models.Problem.State",
        "DutyProblemLevel": "duties.models.Problem.Level",
        "DutyProgressKind": "duties.models.Progress.Kind",
        "DutyLetterLevel": "duties.models.DutyLetter.Level",
        "SupervisionLetterState": "duties.models.SupervisionLetter.State",
        "TaskBookState": "duties.models.TaskBook.State",
        "VisitKind": "duties.models.Visit.Kind",
        "ProblemMoveKind": "duties.models.ProblemMove.Kind",
        "OpinionRequestState": "opinions.models.Request.State",
        "OpinionVerdict": "opinions.models.requests.VERDICTS",
        "OpinionRoundState": "opinions.models.Round.State",
        "PaperKind": "papers.models.Paper.Kind",
        "ProjectTrack": "projects.models.Project.Track",
        "ProjectStatus": "projects.models.Project.Status",
        "SitingOutcome": "projects.models.Siting.Outcome",
        "StepStatus": "approvals.models.Step.Status",
        "SubmissionState": "projects.models.Submission.State",
        "WindowKind": "projects.models.windows.WindowKind",
        "WindowState": "projects.models.windows.CollectionWindow.State",
        "UserRole": "accounts.models.User.Role",
    },
}

# --- Logs -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO"),
    },
    "loggers": {"axes": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
