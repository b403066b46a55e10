"""The tables of casework; private to the room."""

from minsheng.work.casework.models.alliance import AllianceMember
from minsheng.work.casework.models.aside import Appeal, Delay, Referral
from minsheng.work.casework.models.cases import Case, CaseAct, Delegation
from minsheng.work.casework.models.deciding import Adjustment, Decision, Document, Notice, Objection, Opinion
from minsheng.work.casework.models.evidence import Account, Authorisation, Check, Investigation, standing_for
from minsheng.work.casework.models.joint import JointApplication
from minsheng.work.casework.models.proxies import Proxy

__all__ = [
    "Account",
    "Adjustment",
    "AllianceMember",
    "Appeal",
    "Authorisation",
    "Case",
    "CaseAct",
    "Check",
    "Decision",
    "Delay",
    "Delegation",
    "Document",
    "Investigation",
    "JointApplication",
    "Notice",
    "Objection",
    "Opinion",
    "Proxy",
    "Referral",
    "standing_for",
]
