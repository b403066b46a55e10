"""Addresses of the entrance. allauth looks its own pages up by name, so those names stand here without a namespace."""

from django.urls import include, path

from minsheng.foundation.entrance.pages import glass, mine, officers, services, signing_in

ours = (
    [
        path("confirm/", signing_in.confirm_page, name="confirm"),
        path("by/oidc/", services.oidc_away, name="oidc"),
        path("by/oidc/back/", services.oidc_back, name="oidc_back"),
        path("by/zzd/", services.zzd_away, name="zzd"),
        path("by/zzd/back/", services.zzd_back, name="zzd_back"),
        path("sessions/", mine.sessions, name="sessions"),
        path("sessions/<int:session_id>/end/", mine.end_one, name="end_one"),
        path("sessions/end-others/", mine.end_others, name="end_others"),
        path("password/", mine.password, name="password"),
    ],
    "entrance",
)
three_officers = (
    [
        path("", officers.accounts, name="accounts"),
        path("duty/", officers.duty, name="duty"),
        path("accounts/new/", officers.open_account, name="open"),
        path("accounts/<int:account_id>/", officers.account, name="account"),
        path("accounts/<int:account_id>/manage/<slug:act>/", officers.manage, name="manage"),
        path("accounts/<int:account_id>/secure/<slug:act>/", officers.secure, name="secure"),
        path("grants/", officers.grants, name="grants"),
        path("grants/new/", officers.propose, name="propose"),
        path("grants/<int:grant_id>/<slug:act>/", officers.act_on_grant, name="grant_act"),
    ],
    "officers",
)
break_glass = (
    [
        path("", glass.mine, name="mine"),
        path("<int:glass_id>/close/", glass.close, name="close"),
        path("reviews/", glass.reviews, name="reviews"),
        path("reviews/<int:glass_id>/", glass.report, name="report"),
    ],
    "glass",
)
urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/second/", signing_in.second_factor, name="mfa_authenticate"),
    path("sign-in/passkey/", signing_in.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-out/", signing_in.sign_out, name="account_logout"),
    path("account/confirm/password/", signing_in.password_again, name="account_reauthenticate"),
    path("account/confirm/code/", signing_in.confirm_by_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", signing_in.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/factors/", signing_in.factors, name="mfa_index"),
    path("account/factors/code/", signing_in.new_generator, name="mfa_activate_totp"),
    path("account/factors/code/remove/", signing_in.remove_generator, name="mfa_deactivate_totp"),
    path("account/factors/passkey/", signing_in.new_passkey, name="mfa_add_webauthn"),
    path("account/factors/passkey/<int:pk>/remove/", signing_in.remove_passkey, name="mfa_remove_webauthn"),
    path("account/recovery-codes/", signing_in.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", signing_in.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/", include(ours)),
    path("officers/", include(three_officers)),
    path("break-glass/", include(break_glass)),
]
