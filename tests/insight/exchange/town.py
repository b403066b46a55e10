"""Two streets, two partners with keys of their own, and messages as partners write them."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc.jwk import ECKey, Key, OKPKey

from builders import COMMUNITY_QINGBOMEN, SMALL_TREE, STREET_CAIHE, STREET_QINGBO, security_officer
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.operations import NewPartner, propose_partner
from minsheng.insight.exchange.signing import sign
from minsheng.insight.exchange.types import Action, Answer, Attribute, EventCode, QueryType
from records.registry.people import clerk, household, id_number, register

OUR_ID = "minsheng.330102000000"
ALL_ATTRIBUTES = tuple(a.value for a in Attribute if a is not Attribute.MINORS)
GRANDMOTHER_BORN, BOY_BORN = date(1948, 5, 6), date(2015, 4, 1)


@dataclass
class Caller:
    """One partner: what it signs with, and how it writes."""

    sender_id: str
    key: Key
    alg: str = "Ed25519"
    partner_id: int = 0
    sent: int = 0

    def envelope(self, action: str, message: Any, *, at: datetime, total: int = 1, **header: Any) -> dict[str, Any]:
        self.sent += 1
        head = {
            "version": "1.0.0",
            "message_id": uuid4().hex,
            "message_ts": at.isoformat(),
            "action": action,
            "sender_id": self.sender_id,
            "receiver_id": OUR_ID,
            "total_count": total,
            **header,
        }
        return {"header": head, "message": message}

    def signed(self, envelope: dict[str, Any], *, key: Key | None = None, alg: str | None = None) -> bytes:
        payload = json.dumps(envelope).encode()
        signature = sign(payload, key=key or self.key, alg=alg or self.alg)
        return json.dumps({"signature": signature, **envelope}).encode()

    def ask(self, action: Action, message: Any, *, at: datetime, sync: bool = True, **header: Any) -> Answer:
        raw = self.signed(self.envelope(action.value, message, at=at, **header))
        return operations.receive(at=at, raw=raw, action=action, sync=sync)

    def search(self, *criteria: dict[str, Any], at: datetime, sync: bool = True, **header: Any) -> Answer:
        return self.ask(
            Action.SEARCH, search_message(*criteria, at=at), at=at, sync=sync, total=len(criteria), **header
        )


@dataclass
class Town:
    """Whom the tests ask about."""

    actor: Viewer
    officers: tuple[Viewer, Viewer]
    grandmother: int
    grandson: int
    home: int
    neighbour: int
    stranger: int  # in the other street
    numbers: dict[str, str] = field(default_factory=dict)


def search_message(*criteria: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "transaction_id": uuid4().hex,
        "search_request": [
            {"reference_id": f"r{n}", "timestamp": at.isoformat(), "search_criteria": one}
            for n, one in enumerate(criteria)
        ],
    }


def by_number(number: str, **more: Any) -> dict[str, Any]:
    return {"query_type": "idtype-value", "query": {"type": "NationalID", "value": number}, **more}


def by_expression(query: dict[str, Any], **more: Any) -> dict[str, Any]:
    value = {"expression": {"collection": "Member", "query": query}}
    return {"query_type": "expression", "query": {"type": "ns:org:QueryType:expression", "value": value}, **more}


def by_predicate(*tests: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    listed = [
        {"seq_num": n, "expression1": {"attribute_name": a, "operator": o, "attribute_value": v}}
        for n, (a, o, v) in enumerate(tests)
    ]
    return {"query_type": "predicate", "query": listed, **more}


def build_town(*, at: datetime) -> Town:
    """This function will register a grandmother with her grandson, a neighbour, and somebody in another street."""
    actor = clerk(at=at)
    grandmother = register(actor, at, "林阿珍", born=GRANDMOTHER_BORN, sequence=11, phone="13800001234")
    grandson = register(actor, at, "林小乐", born=BOY_BORN, sequence=12)
    neighbour = register(actor, at, "周大川", born=date(1960, 2, 3), sequence=13)
    stranger = register(actor, at, "沈清波", born=date(1955, 7, 8), sequence=14, area_id=COMMUNITY_QINGBOMEN)
    home = household(actor, at, (grandmother, "head"), (grandson, "grandchild"))
    household(actor, at, (neighbour, "head"))
    household(actor, at, (stranger, "head"), area_id=COMMUNITY_QINGBOMEN)
    officers = (security_officer(at=at, username="ex-a"), security_officer(at=at, username="ex-b"))
    numbers = {
        "grandmother": id_number(born=GRANDMOTHER_BORN, sequence=11),
        "grandson": id_number(born=BOY_BORN, sequence=12),
        "neighbour": id_number(born=date(1960, 2, 3), sequence=13),
        "stranger": id_number(born=date(1955, 7, 8), sequence=14),
    }
    return Town(actor, officers, grandmother, grandson, home, neighbour, stranger, numbers)


def partner(
    town: Town, *, at: datetime, sender_id: str = "housing.example", approve: bool = True, **changes: Any
) -> Caller:
    """This function will register a partner over the first street, and approve it by the other officer."""
    curve = changes.pop("curve", "Ed25519")
    if curve == "Ed25519":
        key: Key = OKPKey.generate_key("Ed25519", parameters={"kid": f"{sender_id}-1"})
    else:
        key = ECKey.generate_key("P-256", parameters={"kid": f"{sender_id}-1"})
    caller = Caller(sender_id, key, "Ed25519" if curve == "Ed25519" else "ES256")
    new = {
        "sender_id": sender_id,
        "title": "区住房保障中心（示例）",
        "purpose": "公租房资格核验",
        "legal_basis": "浙江省公共数据条例 第二十四条",
        "areas": (SMALL_TREE[STREET_CAIHE][0],),
        "attributes": ALL_ATTRIBUTES,
        "query_types": tuple(q.value for q in QueryType),
        "events": tuple(e.value for e in EventCode),
        "callback_url": "http://127.0.0.1:9/callback",
        "valid_from": at.date() - timedelta(days=30),
        "valid_to": at.date() + timedelta(days=335),
        "jwk": key.as_dict(private=False),
        "smallest_answer": 1,
    } | changes
    caller.partner_id = propose_partner(actor=town.officers[0], at=at, new=NewPartner(**new))
    if approve:
        operations.approve_partner(actor=town.officers[1], at=at, partner_id=caller.partner_id)
    return caller


QINGBO = (SMALL_TREE[STREET_QINGBO][0],)
