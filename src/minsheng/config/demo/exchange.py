"""A partner of the demo, so that the exchange can be tried with real messages: invented, like everybody here."""

import json
import os
from datetime import date

from joserfc.jwk import OKPKey

from minsheng.config.demo.accounts import DISTRICT, OFFICERS, officer
from minsheng.config.demo.plan import Facts, Plan
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.operations import NewPartner
from minsheng.insight.exchange.types import Attribute, EventCode, QueryType

KEY_FILE = "exchange-partner.json"
NOT_AGREED = frozenset({Attribute.MINORS, Attribute.PHONE, Attribute.BENEFIT_AMOUNT})


def agree_with_a_partner(*, plan: Plan) -> Facts:
    """This function will register and approve one partner; its private key lies beside the demo's database."""
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "housing-demo-1"})
    path = plan.home / KEY_FILE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(key.as_dict(private=True), file)
    new = NewPartner(
        sender_id="housing.demo",
        title="区住房保障中心（演示）",
        purpose="公租房资格核验",
        legal_basis="浙江省公共数据条例；演示协议，不是真的",
        areas=(DISTRICT,),
        attributes=tuple(a.value for a in Attribute if a not in NOT_AGREED),
        query_types=tuple(q.value for q in QueryType),
        events=tuple(e.value for e in EventCode),
        callback_url="http://127.0.0.1:8399/callback",
        valid_from=plan.at.date(),
        valid_to=date(plan.at.year + 1, plan.at.month, 1),
        jwk=key.as_dict(private=False),
    )
    first, second = (officer(name, plan.at) for name in OFFICERS)
    number = operations.propose_partner(actor=first, at=plan.at, new=new)
    operations.approve_partner(actor=second, at=plan.at, partner_id=number)
    return {"partner": number}
