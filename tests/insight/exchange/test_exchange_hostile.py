"""Forged, repeated, stale and misdirected messages: refused, with the standard's codes, and nothing is given."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from insight.exchange.published import faults
from insight.exchange.town import Caller, Town, by_expression, by_number, partner, search_message
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.audit.models import Entry
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.models import Message, Outbound, Partner
from minsheng.insight.exchange.operations import NewPartner, UnableToRegisterPartner, propose_partner
from minsheng.insight.exchange.queries.standing import partner_viewer
from minsheng.insight.exchange.signing import UnableToUseKey, UnableToVerify, read_public_key, verified
from minsheng.insight.exchange.types import Action, Answer

SYNC, ASYNC = "/registry/sync/search", "/registry/search"


def take(raw: bytes, at: datetime, *, sync: bool = True, action: Action = Action.SEARCH) -> Answer:
    return operations.receive(at=at, raw=raw, action=action, sync=sync)


def envelope_of(caller: Caller, town: Town, at: datetime, **header: Any) -> dict[str, Any]:
    return caller.envelope("search", search_message(by_number(town.numbers["grandmother"]), at=at), at=at, **header)


def code_of(answer: Answer) -> str:
    body = answer.body
    if "errors" in body:
        return str(body["errors"][0]["code"])
    if "header" in body:
        return str(body["header"].get("status_reason_code", body["header"]["status_reason_message"].split("：")[0]))
    words = body["message"]["error"]
    return str(words["code"] if words["code"] != "err.request.bad" else words["message"].split("：")[0])


def given(town: Town, at: datetime) -> int:
    """How many looks at people the bureau's clerk finds in the trail."""
    with acting_as(viewer=town.actor, at=at):
        return Entry.objects.filter(action="registry.person_given").count() + Outbound.objects.count()


def test_the_control_is_answered(town: Town, caller: Caller, at: datetime) -> None:
    assert take(caller.signed(envelope_of(caller, town, at)), at).status == 200
    assert given(town, at) == 1


def unsigned(caller: Caller, envelope: dict[str, Any]) -> bytes:
    return json.dumps(envelope).encode()


def empty_signature(caller: Caller, envelope: dict[str, Any]) -> bytes:
    return json.dumps({"signature": "", **envelope}).encode()


def no_algorithm(caller: Caller, envelope: dict[str, Any]) -> bytes:
    _, payload, _ = json.loads(caller.signed(envelope))["signature"].split(".")
    return json.dumps({"signature": f"eyJhbGciOiJub25lIiwia2lkIjoieCJ9.{payload}.", **envelope}).encode()


def wrong_key(caller: Caller, envelope: dict[str, Any]) -> bytes:
    return caller.signed(envelope, key=OKPKey.generate_key("Ed25519", parameters={"kid": caller.key.kid}))


def unknown_kid(caller: Caller, envelope: dict[str, Any]) -> bytes:
    return caller.signed(envelope, key=OKPKey.generate_key("Ed25519", parameters={"kid": "x"}))


def public_key_as_secret(caller: Caller, envelope: dict[str, Any]) -> bytes:
    """HS256 with the public key as the shared secret: the old confusion of algorithms."""
    secret = OctKey.import_key(json.dumps(caller.key.as_dict(private=False)))
    signature = jws.serialize_compact(
        {"alg": "HS256", "kid": caller.key.kid}, json.dumps(envelope), secret, algorithms=["HS256"]
    )
    return json.dumps({"signature": signature, **envelope}).encode()


def other_message(caller: Caller, envelope: dict[str, Any]) -> bytes:
    """A signature of one message upon another."""
    signature = json.loads(caller.signed(envelope))["signature"]
    changed = json.loads(json.dumps(envelope))
    changed["message"]["search_request"][0]["search_criteria"]["query"]["value"] = "990102196002030131"
    return json.dumps({"signature": signature, **changed}).encode()


def other_header(caller: Caller, envelope: dict[str, Any]) -> bytes:
    signature = json.loads(caller.signed(envelope))["signature"]
    return json.dumps({"signature": signature, **envelope, "header": envelope["header"] | {"message_id": "2"}}).encode()


def twice_named(caller: Caller, envelope: dict[str, Any]) -> bytes:
    return caller.signed(envelope)[:-1] + b', "message": {}}'


FORGERIES: dict[Callable[[Caller, dict[str, Any]], bytes], tuple[int, str]] = {
    unsigned: (401, "err.signature.missing"),
    empty_signature: (401, "err.signature.missing"),
    no_algorithm: (401, "err.signature.invalid"),
    wrong_key: (401, "err.signature.invalid"),
    unknown_kid: (401, "err.signature.invalid"),
    public_key_as_secret: (401, "err.signature.invalid"),
    other_message: (401, "err.signature.invalid"),
    other_header: (401, "err.signature.invalid"),
    twice_named: (400, "err.request.bad"),
}


def test_forged_messages_are_refused(town: Town, caller: Caller, at: datetime) -> None:
    for forge, (status, code) in FORGERIES.items():
        for sync in (True, False):
            answer = take(forge(caller, envelope_of(caller, town, at)), at, sync=sync)
            found = code_of(answer)
            assert answer.status == status, forge.__name__
            assert found == code or (code == "err.request.bad" and "JSON" in found), forge.__name__
            assert faults(SYNC if sync else ASYNC, "401" if status == 401 else "default", answer.body) == []
    assert given(town, at) == 0
    assert not Message.objects.exists()


def test_another_partner_s_key_signs_nothing_for_this_one(town: Town, caller: Caller, at: datetime) -> None:
    other = partner(town, at=at, sender_id="other.example")
    raw = caller.signed(envelope_of(caller, town, at), key=other.key)
    assert code_of(take(raw, at)) == "err.signature.invalid"


HEADERS: dict[str, tuple[dict[str, Any], str]] = {
    "stale": ({"message_ts": "2026-11-03T09:20:00+08:00"}, "rjct.message_ts.invalid"),
    "from the future": ({"message_ts": "2026-11-03T09:40:00+08:00"}, "rjct.message_ts.invalid"),
    "another version": ({"version": "2.0.0"}, "rjct.version.invalid"),
    "miscounted": ({"total_count": 3}, "rjct.total_count.invalid"),
    "for somebody else": ({"receiver_id": "elsewhere.example"}, "err.receiver_id.invalid"),
    "an address of its own": ({"sender_uri": "http://169.254.169.254/latest"}, "err.sender_uri.invalid"),
    "encrypted": ({"is_msg_encrypted": True}, "err.encryption.invalid"),
}


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("sync", [True, False])
def test_headers_are_refused_by_the_standard_s_codes(
    name: str, sync: bool, town: Town, caller: Caller, at: datetime
) -> None:
    changes, code = HEADERS[name]
    answer = take(caller.signed(envelope_of(caller, town, at, **changes)), at, sync=sync)
    assert (answer.status, code_of(answer)) == (400, code)
    assert faults(SYNC if sync else ASYNC, "default", answer.body) == []
    assert given(town, at) == 0
    with acting_as(viewer=partner_viewer(partner=Partner.objects.get(), at=at), at=at):
        assert Entry.objects.filter(action="exchange.message_refused").count() == 1


def test_a_message_of_another_act_is_refused(town: Town, caller: Caller, at: datetime) -> None:
    message = search_message(by_number(town.numbers["grandmother"]), at=at)
    answer = take(caller.signed(caller.envelope("subscribe", message, at=at)), at)
    assert code_of(answer) == "rjct.action.invalid"


def test_a_message_is_taken_once(town: Town, caller: Caller, at: datetime) -> None:
    raw = caller.signed(envelope_of(caller, town, at))
    assert take(raw, at).status == 200
    again = take(raw, at + timedelta(seconds=30))
    assert (again.status, code_of(again)) == (400, "rjct.message_id.duplicate")
    assert faults(SYNC, "default", again.body) == []


def test_an_asynchronous_message_sent_again_is_acknowledged_but_not_done_again(
    town: Town, caller: Caller, at: datetime
) -> None:
    message = search_message(by_number(town.numbers["grandmother"]), at=at)
    raw = caller.signed(caller.envelope("search", message, at=at))
    one = take(raw, at, sync=False)
    two = take(raw, at + timedelta(seconds=30), sync=False)
    # The same request under a new message id, as a sender does that never got our word.
    three = take(caller.signed(caller.envelope("search", message, at=at)), at, sync=False)
    assert [a.body["message"]["ack_status"] for a in (one, two, three)] == ["ACK"] * 3
    assert len({a.body["message"]["correlation_id"] for a in (one, two, three)}) == 1
    assert Message.objects.count() == 1
    changed = caller.envelope("search", search_message(by_number("1"), at=at), at=at)
    changed["header"]["message_id"] = json.loads(raw)["header"]["message_id"]
    refused = take(caller.signed(changed), at, sync=False)
    assert code_of(refused) == "rjct.message_id.duplicate"
    assert faults(ASYNC, "default", refused.body) == []


def test_ended_unapproved_and_expired_partners_are_nobody(town: Town, caller: Caller, at: datetime) -> None:
    waiting = partner(town, at=at, sender_id="waiting.example", approve=False)
    future = partner(town, at=at, sender_id="future.example", valid_from=at.date() + timedelta(days=1))
    past = partner(town, at=at, sender_id="past.example", valid_to=at.date())
    operations.end_partner(actor=town.officers[0], at=at, partner_id=caller.partner_id)
    for one in (waiting, future, past, caller, Caller("nobody.example", caller.key)):
        answer = take(one.signed(envelope_of(one, town, at)), at)
        assert (answer.status, code_of(answer)) == (401, "err.sender_id.invalid"), one.sender_id
    assert given(town, at) == 0


def test_an_old_key_ends_when_a_new_one_says_so(town: Town, caller: Caller, at: datetime) -> None:
    new = OKPKey.generate_key("Ed25519", parameters={"kid": "housing-2"})
    add = {"actor": town.officers[0], "partner_id": caller.partner_id, "jwk": new.as_dict(private=False)}
    operations.add_key(**add, at=at, ends_others=True)
    later = at + timedelta(seconds=1)
    old = take(caller.signed(envelope_of(caller, town, later)), later)
    assert code_of(old) == "err.signature.invalid"
    assert take(caller.signed(envelope_of(caller, town, later), key=new), later).status == 200


def test_too_many_messages_wait(town: Town, at: datetime) -> None:
    slow = partner(town, at=at, sender_id="slow.example", per_minute=2)
    answers = [slow.search(by_number("1"), at=at) for _ in range(3)]
    assert [a.status for a in answers] == [200, 200, 429]
    assert slow.search(by_number("1"), at=at + timedelta(seconds=61)).status == 200


JUNK = [
    b"", b"null", b"[]", b"{", b'{"header": 1}', b'{"header": {"sender_id": 5}}', b"\xff\xfe", b'{"a": NaN}',
    b'{"header": {"sender_id": "\\u0000"}, "signature": "x"}', b"[" * 5000,
    b'{"header": {"sender_id": "housing.example"}, "signature": "a.b.c"}',
    b'{"header": {"sender_id": "housing.example"}, "signature": {"a": 1}}',
]  # fmt: skip


def test_junk_is_refused_in_form(caller: Caller, at: datetime) -> None:
    for raw in JUNK:
        for sync in (True, False):
            answer = take(raw, at, sync=sync)
            assert answer.status in (400, 401), raw[:60]
            path = SYNC if sync else ASYNC
            assert faults(path, "401" if answer.status == 401 else "default", answer.body) == [], raw[:60]


QUESTIONS: list[Any] = [
    {"query_type": "graphql", "query": {}},
    {"query_type": "idtype-value", "query": {"type": "MOBILE", "value": "13800001234"}},
    {"query_type": "idtype-value", "query": {"type": "UIN", "value": {"$ne": 1}}},
    {"query_type": "idtype-value", "query": []},
    {"query_type": "predicate", "query": []},
    {"query_type": "predicate", "query": [{"expression1": {"attribute_name": "sex"}}]},
    {"query_type": "predicate", "query": [{"seq_num": "x", "expression1": {}}]},
    {"query_type": "expression", "query": {"value": 5}},
    by_expression({}),
    by_expression({"$and": []}),
    by_expression({"sex": {"$in": ["male"] * 101}}),
    by_expression({"sex": {"$eq": "male' OR 1=1"}}),
    by_expression({"sex": {"$in": [["male"]]}}),
    by_expression({"birth_date": {"$lt": "yesterday"}}),
    by_expression({"birth_date": {"$lt": 5}}),
    by_expression({"place": {"$gt": "330102012051"}}),
    by_expression({"$or": [{"sex": {"$eq": "male"}}] * 25}),
    by_expression({"$where": "1"}),
]


def test_hostile_questions_are_refused_alone(town: Town, caller: Caller, at: datetime) -> None:
    for criteria in QUESTIONS:
        answer = caller.search(criteria, at=at)
        if answer.status == 200:
            [item] = answer.body["message"]["search_response"]
            assert item["status"] == "rjct", criteria
        else:
            assert answer.status == 400, criteria
        assert faults(SYNC, "default", answer.body) == [], criteria
    assert given(town, at) == 0


def test_deep_and_wide_questions_do_not_fall_over(caller: Caller, at: datetime) -> None:
    deep: dict[str, Any] = {"sex": {"$eq": "male"}}
    for _ in range(30):
        deep = {"$and": [deep]}
    assert caller.search(by_expression(deep), at=at).status in (200, 400)


def test_partners_are_agreed_on_by_two(town: Town, at: datetime) -> None:
    one = partner(town, at=at, sender_id="two.example", approve=False)
    with pytest.raises(UnableToRegisterPartner, match="不能自己批准"):
        operations.approve_partner(actor=town.officers[0], at=at, partner_id=one.partner_id)
    operations.approve_partner(actor=town.officers[1], at=at, partner_id=one.partner_id)
    with pytest.raises(UnableToRegisterPartner, match="已经批准"):
        operations.approve_partner(actor=town.officers[1], at=at, partner_id=one.partner_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"callback_url": "http://housing.example/x"},
        {"callback_url": "https://10.1.2.3/x"},
        {"callback_url": "https://user@housing.example/x"},
        {"callback_url": "https://localhost/x"},
        {"callback_url": "file:///etc/passwd"},
        {"purpose": " "},
        {"areas": ()},
        {"areas": ("999999999999",)},
        {"attributes": ("everything",)},
        {"jwk": {"kty": "oct", "k": "AAAA", "kid": "1"}},
    ],
    ids=str,
)
def test_bad_agreements_are_not_registered(changes: dict[str, Any], town: Town, at: datetime, settings: Any) -> None:
    settings.EXCHANGE_LOOPBACK = False
    with pytest.raises(UnableToRegisterPartner):
        partner(town, at=at, sender_id="bad.example", **({"callback_url": "https://ok.example/x"} | changes))


def test_a_private_key_is_not_taken(at: datetime) -> None:
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "1"})
    with pytest.raises(UnableToUseKey, match="私钥"):
        read_public_key(key.as_dict(private=True))
    with pytest.raises(UnableToVerify):
        verified(signature="a.b.c", key_of=lambda kid: None)


def test_whoever_may_not_grant_may_not_register(town: Town, at: datetime) -> None:
    with acting_as(viewer=town.actor, at=at), pytest.raises(PermissionError):
        propose_partner(
            actor=town.actor, at=at, new=NewPartner(*[""] * 3, "x", (), (), (), (), "", at.date(), at.date(), {})
        )
