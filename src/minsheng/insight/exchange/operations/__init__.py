"""Acts of the exchange: partners are agreed on by two officers; messages are taken, answered, sent and settled."""

from minsheng.insight.exchange.operations.answering import answer_message
from minsheng.insight.exchange.operations.notifying import notify_of
from minsheng.insight.exchange.operations.partners import (
    NewPartner,
    UnableToFindPartner,
    UnableToRegisterPartner,
    add_key,
    approve_partner,
    end_partner,
    propose_partner,
)
from minsheng.insight.exchange.operations.receiving import not_taken, receive
from minsheng.insight.exchange.operations.sending import claim_due, settle

__all__ = [
    "NewPartner",
    "UnableToFindPartner",
    "UnableToRegisterPartner",
    "add_key",
    "answer_message",
    "approve_partner",
    "claim_due",
    "end_partner",
    "not_taken",
    "notify_of",
    "propose_partner",
    "receive",
    "settle",
]
