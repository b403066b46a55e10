"""Settings of signing in: allauth's flow, django-axes' counts, and the other services that may say who somebody is."""

import os


def _service(prefix: str, *names: str) -> dict[str, str]:
    """This function will read one service from the environment; it is on only when every part is there."""
    found = {name: os.environ.get(f"{prefix}_{name.upper()}", "") for name in names}
    return found if all(found.values()) else {}


# What anybody here would guess first (ASVS 6.1.2): product, office, district, and what stands for "password".
HOUSE_WORDS = (
    *("minsheng", "民生直达", "民生", "民政局", "民政", "minzheng", "mzj"),
    *("上城区", "上城", "shangcheng", "杭州", "hangzhou", "浙江", "zhejiang"),
    *("password", "密码", "123456", "2026"),
)
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "minsheng.foundation.entrance.passwords.NoHouseWords",
        "OPTIONS": {"words": HOUSE_WORDS},
    },
    {
        "NAME": "minsheng.foundation.entrance.passwords.NoBreached",
        "OPTIONS": {"file": os.environ.get("MINSHENG_BREACHED_PASSWORDS", "")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "minsheng.foundation.entrance.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # the cookie's life; the gate ends a sign-in long before
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "minsheng.foundation.entrance.pages.forms.SignInForm",
    "reauthenticate": "minsheng.foundation.entrance.pages.forms.PasswordAgainForm",
}
# By account, never by address: a whole service hall stands behind one.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/300s/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "minsheng.foundation.entrance.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_FORMS = {
    "authenticate": "minsheng.foundation.entrance.pages.forms.SecondFactorForm",
    "reauthenticate": "minsheng.foundation.entrance.pages.forms.ConfirmForm",
    "activate_totp": "minsheng.foundation.entrance.pages.forms.NewGeneratorForm",
    "add_webauthn": "minsheng.foundation.entrance.pages.forms.NewPasskeyForm",
}
# Counts of tries and used codes are shared by all processes, or a code could be used once in each.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "entrance_counter",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: never a permanent lock-out, and tries while locked do not lengthen it
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]  # by account and known browser, see `entrance.devices`
AXES_USERNAME_CALLABLE = "minsheng.foundation.entrance.devices.counted_as"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "minsheng.foundation.entrance.pages.signing_in.locked_out"
# Other services that may say who somebody is (`entrance.services`); unset, they have no door.
SIGN_IN_OIDC = _service("MINSHENG_OIDC", "issuer", "client_id", "client_secret")
SIGN_IN_ZZD = _service("MINSHENG_ZZD", "login", "platform", "key", "secret")
