from django.urls import path

from minsheng.insight.exchange.api import views
from minsheng.insight.exchange.types import Action

app_name = "exchange-api"
V = "v1.0.0/"
urlpatterns = [
    path(V + "openapi.json", views.description, name="openapi"),
    path("jwks.json", views.keys, name="jwks"),
    path(V + "registry/search", views.door(Action.SEARCH), name="search"),
    path(V + "registry/subscribe", views.door(Action.SUBSCRIBE), name="subscribe"),
    path(V + "registry/unsubscribe", views.door(Action.UNSUBSCRIBE), name="unsubscribe"),
    path(V + "registry/txn/status", views.door(Action.TXN_STATUS), name="txn_status"),
    path(V + "registry/sync/search", views.door(Action.SEARCH, sync=True), name="sync_search"),
    path(V + "registry/sync/txn/status", views.door(Action.TXN_STATUS, sync=True), name="sync_txn_status"),
]
