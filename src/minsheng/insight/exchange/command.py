"""`minsheng exchange`: our own key, and a client for trying an agreement from the partner's side."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from django.conf import settings
from joserfc.jwk import OKPKey

from minsheng.insight.exchange import signing
from minsheng.insight.exchange.envelopes import iso


def exchange(arguments: list[str], *, at: datetime) -> int:
    """This function will make or show our key, or ask a running site a question as a partner does."""
    parser = argparse.ArgumentParser(prog="minsheng exchange", description="数据共享（SPDCI 社会登记接口 1.0.0）")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("key", help="本方的签名公钥；没有就生成一把")
    ask = acts.add_parser("ask", help="扮作共享单位，签名后查询一个运行中的站点，并验答复的签名")
    ask.add_argument("--site", default="http://127.0.0.1:8330")
    ask.add_argument("--key", type=Path, required=True, help="单位自己的私钥（JWK，Ed25519）")
    ask.add_argument("--sender", required=True, help="登记的 sender_id")
    ask.add_argument("--criteria", required=True, help="search_criteria，JSON")
    chosen = parser.parse_args(arguments)
    if chosen.act == "key":
        print(json.dumps(signing.create_own_key(Path(settings.EXCHANGE_KEY_FILE))))
        return 0
    key = OKPKey.import_key(json.loads(chosen.key.read_text(encoding="ascii")))
    return _ask(chosen.site.rstrip("/"), key, chosen.sender, json.loads(chosen.criteria), at)


def _ask(site: str, key: OKPKey, sender: str, criteria: dict[str, Any], at: datetime) -> int:
    header = {
        "version": "1.0.0",
        "message_id": uuid4().hex,
        "message_ts": iso(at),
        "action": "search",
        "sender_id": sender,
        "total_count": 1,
    }
    request = {"reference_id": "1", "timestamp": iso(at), "search_criteria": criteria}
    content = {"header": header, "message": {"transaction_id": uuid4().hex, "search_request": [request]}}
    body: dict[str, Any] = {"signature": signing.sign(json.dumps(content).encode(), key=key, alg="Ed25519"), **content}
    answer = requests.post(f"{site}/spdci/v1.0.0/registry/sync/search", json=body, timeout=30)
    said = answer.json()
    print(json.dumps({k: v for k, v in said.items() if k != "signature"}, ensure_ascii=False, indent=1))
    if "signature" not in said:
        print(f"HTTP {answer.status_code}，没有签名的答复")
        return 1
    keys = {one["kid"]: one for one in requests.get(f"{site}/spdci/jwks.json", timeout=30).json()["keys"]}
    signing.verified(signature=said["signature"], key_of=keys.get, longest=len(said["signature"]))
    print(f"HTTP {answer.status_code}，答复的签名正确")
    return 0 if answer.status_code == 200 else 1
