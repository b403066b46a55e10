"""What is answered later: by a job, to the registered address only, again until it arrives, and once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from builders import COMMUNITY_QINGBOMEN, DISTRICT, staff
from insight.exchange.published import faults
from insight.exchange.town import Caller, Town, by_expression, by_number, partner
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import deliver_pending
from minsheng.insight.exchange import jobs, operations, subscribers
from minsheng.insight.exchange.mailing import deliver
from minsheng.insight.exchange.models import Message, Outbound, Subscription
from minsheng.insight.exchange.operations.sending import MOST_ATTEMPTS
from minsheng.insight.exchange.signing import own_key, public_part, verified
from minsheng.insight.exchange.types import Action, EventCode
from minsheng.records.registry import operations as registry
from minsheng.records.registry.events import HouseholdChanged, PersonDied
from records.registry.people import household, register

HOUR = timedelta(hours=1)


def run_jobs(at: datetime) -> None:
    for number in Message.objects.filter(request_sealed__isnull=False).values_list("pk", flat=True):
        jobs.answer.function(actor=None, at=at, message_id=number)


def posted(at: datetime) -> list[dict[str, Any]]:
    """What would be sent now, each settled as arrived."""
    found = []
    while (letter := operations.claim_due(at=at)) is not None:
        found.append({"url": letter.url, "body": letter.body})
        operations.settle(actor=SYSTEM, at=at, outbound_id=letter.outbound_id, error="")
    return found


SYSTEM = Viewer(0, "系统", "system", (), frozenset({"exchange.notify"}))


@pytest.fixture
def system(town: Town, at: datetime) -> Viewer:
    return staff(at=at, role="system", area_id=DISTRICT, name="系统")


def told(system: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Deliver what happened, and return the notices that are due."""
    deliver_pending(actor=system, at=at, scope=partial(acting_as, viewer=system, at=at))
    return posted(at)


def subscribe(caller: Caller, at: datetime, event: str, criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    wanted = {
        "reg_event_type": event,
        "filter_type": criteria["query_type"],
        "filter": criteria["query"],
        "notify_record_type": "spdci-extensions-dci:Member",
        **more,
    }
    message = {
        "transaction_id": uuid4().hex,
        "subscribe_request": [{"reference_id": "s1", "timestamp": at.isoformat(), "subscribe_criteria": wanted}],
    }
    answer = caller.ask(Action.SUBSCRIBE, message, at=at, sync=False)
    assert answer.body["message"]["ack_status"] == "ACK"
    run_jobs(at)
    [sent] = posted(at)
    assert sent["url"] == "http://127.0.0.1:9/callback/registry/on-subscribe"
    assert faults("/registry/on-subscribe", "request", sent["body"]) == []
    found: dict[str, Any] = sent["body"]["message"]["subscribe_response"][0]
    return found


def test_a_search_is_acknowledged_answered_once_and_signed(town: Town, caller: Caller, at: datetime) -> None:
    answer = caller.search(by_number(town.numbers["grandmother"]), at=at, sync=False)
    assert faults("/registry/search", "default", answer.body) == []
    assert verified(signature=answer.body["signature"], key_of=lambda k: public_part(own_key()))
    [row] = Message.objects.all()
    assert town.numbers["grandmother"].encode() not in bytes(row.request_sealed)
    run_jobs(at)
    jobs.answer.function(actor=None, at=at, message_id=row.pk)  # a job that runs twice
    [sent] = posted(at)
    assert sent["url"] == "http://127.0.0.1:9/callback/registry/on-search"
    assert faults("/registry/on-search", "request", sent["body"]) == []
    said = verified(signature=sent["body"]["signature"], key_of=lambda k: public_part(own_key()))
    assert said["message"]["correlation_id"] == answer.body["message"]["correlation_id"]
    assert said["message"]["search_response"][0]["data"]["reg_records"][0]["group_size"] == 2
    row.refresh_from_db()
    assert (row.status, row.people, row.request_sealed) == ("succ", 1, None)
    assert Outbound.objects.get().body_sealed is None  # nothing of a person stays behind in the post


def test_no_registered_address_no_asynchronous_answer(town: Town, at: datetime) -> None:
    mute = partner(town, at=at, sender_id="mute.example", callback_url="")
    answer = mute.search(by_number("1"), at=at, sync=False)
    assert answer.body["message"]["error"]["code"] == "err.sender_uri.invalid"
    assert mute.search(by_number("1"), at=at).status == 200


def test_what_does_not_arrive_is_tried_again_with_pauses_and_then_given_up(
    town: Town, caller: Caller, at: datetime
) -> None:
    caller.search(by_number("1"), at=at, sync=False)
    run_jobs(at)
    when, ids, tries = at, set(), 0
    while (letter := operations.claim_due(at=when)) is not None:
        assert operations.claim_due(at=when) is None  # a second worker does not send it too
        ids.add(letter.body["header"]["message_id"])
        assert letter.body["header"]["message_ts"].startswith(when.isoformat()[:16])
        operations.settle(actor=SYSTEM, at=when, outbound_id=letter.outbound_id, error="连不上对方")
        tries += 1
        row = Outbound.objects.get()
        if row.state == "waiting":
            assert row.next_at > when
            when = row.next_at
    assert (tries, len(ids)) == (MOST_ATTEMPTS, 1)
    row.refresh_from_db()
    assert (row.state, row.body_sealed, row.last_error) == ("given_up", None, "连不上对方")


def test_a_killed_worker_s_letter_is_taken_up_again(town: Town, caller: Caller, at: datetime) -> None:
    caller.search(by_number("1"), at=at, sync=False)
    run_jobs(at)
    assert operations.claim_due(at=at) is not None
    assert operations.claim_due(at=at + timedelta(minutes=3)) is not None


def test_who_has_ended_is_told_nothing_more(town: Town, caller: Caller, at: datetime) -> None:
    caller.search(by_number(town.numbers["grandmother"]), at=at, sync=False)
    caller.search(by_number(town.numbers["neighbour"]), at=at, sync=False)
    first = Message.objects.order_by("pk").first()
    assert first is not None
    jobs.answer.function(actor=None, at=at, message_id=first.pk)
    operations.end_partner(actor=town.officers[1], at=at, partner_id=caller.partner_id)
    run_jobs(at)
    assert posted(at) == []
    assert sorted(Message.objects.values_list("status", flat=True)) == ["rjct", "succ"]
    assert Outbound.objects.get().state == "given_up"


def test_a_death_is_told_to_whom_it_concerns(town: Town, caller: Caller, system: Viewer, at: datetime) -> None:
    other = partner(town, at=at, sender_id="elsewhere.example", areas=("330102001000",))
    silent = partner(town, at=at, sender_id="silent.example", attributes=("name",))
    told(system, at)  # what happened while the town was built
    everybody = by_expression({"birth_date": {"$gt": "1900-01-01"}})
    made = subscribe(caller, at, "spdci-common:RegistryEventType:Death", everybody)
    assert made["subscriptions"][0]["status"] == "subscribe"
    assert subscribe(other, at, "Death", everybody)["status"] == "succ"
    assert subscribe(silent, at, "Death", everybody)["status_reason_code"] == "rjct.notify_details.invalid"
    registry.register_death(actor=town.actor, at=at, person_id=town.neighbour, death_date=date(2026, 11, 1))
    [notice] = told(system, at + HOUR)
    assert notice["url"].endswith("/registry/notify")
    assert faults("/registry/notify", "request", notice["body"]) == []
    assert verified(signature=notice["body"]["signature"], key_of=lambda k: public_part(own_key()))
    record = notice["body"]["message"]["notify_event"][0]["data"]["reg_records"]
    assert record["reg_event"] == "Death"
    assert record["demographic_info"]["name"]["full_name"] == "周大川"
    assert record["demographic_info"]["death_date"] == "2026-11-01"
    assert told(system, at + 2 * HOUR) == []


def test_nobody_is_looked_up_while_nobody_subscribed(
    town: Town, caller: Caller, system: Viewer, at: datetime, django_assert_num_queries: Any
) -> None:
    died = PersonDied(person_id=town.neighbour, death_date=date(2026, 11, 1), at=at)
    changed = HouseholdChanged(household_id=1, at=at)

    def happen() -> None:
        subscribers.person_died(died, actor=system, at=at + HOUR)
        subscribers.household_changed(changed, actor=system, at=at + HOUR)

    with acting_as(viewer=system, at=at), django_assert_num_queries(2):  # one question each: does anybody want to know?
        happen()
    subscribe(caller, at, "Death", by_expression({"birth_date": {"$gt": "1900-01-01"}}))
    with acting_as(viewer=system, at=at), CaptureQueriesContext(connection) as asked:  # the control
        happen()
    assert len(asked) > 4


def test_subscriptions_end_and_are_made_once(town: Town, caller: Caller, system: Viewer, at: datetime) -> None:
    told(system, at)
    one_person = by_number(town.numbers["neighbour"])
    code = subscribe(caller, at, "Death", one_person)["subscriptions"][0]["code"]
    held = Subscription.objects.get()
    assert town.numbers["neighbour"].encode() not in bytes(held.filter_sealed)
    assert town.numbers["neighbour"] not in held.filter_digest
    assert subscribe(caller, at, "Death", one_person)["status_reason_code"] == "rjct.event.already_subscribed"
    nobody = by_number(town.numbers["stranger"])
    assert subscribe(caller, at, "Death", nobody)["status_reason_code"] == "rjct.person_id.invalid"
    assert subscribe(caller, at, "Wedding", one_person)["status_reason_code"] == "rjct.notify_types.invalid"

    def unsubscribe(one: Caller, *codes: str) -> dict[str, Any]:
        message = {"transaction_id": uuid4().hex, "timestamp": at.isoformat(), "subscription_codes": list(codes)}
        one.ask(Action.UNSUBSCRIBE, message, at=at, sync=False, total=len(codes))
        run_jobs(at)
        [sent] = posted(at)
        assert faults("/registry/on-unsubscribe", "request", sent["body"] | {
            "header": sent["body"]["header"]}) == []  # fmt: skip
        found: dict[str, Any] = sent["body"]["message"]
        return found

    thief = partner(town, at=at, sender_id="thief.example")
    assert unsubscribe(thief, code)["status_reason_code"] == "rjct.subscription_code.invalid"
    assert unsubscribe(caller, code)["subscription_status"] == [{"code": code, "status": "unsubscribe"}]
    assert unsubscribe(caller, code)["status_reason_code"] == "rjct.event.already_unsubscribed"
    registry.register_death(actor=town.actor, at=at, person_id=town.neighbour, death_date=date(2026, 11, 1))
    assert told(system, at + HOUR) == []


def test_a_birth_and_a_new_member_are_told(town: Town, system: Viewer, at: datetime) -> None:
    clinic = partner(
        town, at=at, sender_id="clinic.example", attributes=("birth_date", "minors", "relationship"),
        events=(EventCode.BIRTH.value, EventCode.NEW_MEMBER.value),
    )  # fmt: skip
    told(system, at)
    young = by_expression({"birth_date": {"$gt": "2026-01-01"}})
    subscribe(clinic, at, "LiveBirth", young)
    subscribe(clinic, at, "NewHouseHoldMember", young, notify_record_type="spdci:Group")
    assert subscribe(clinic, at, "Death", young)["status_reason_code"] == "rjct.notify_types.invalid"
    baby = register(town.actor, at, "林新", born=date(2026, 10, 20))
    household(town.actor, at, (baby, "head"))
    elsewhere = register(town.actor, at, "沈新", born=date(2026, 10, 21), area_id=COMMUNITY_QINGBOMEN)
    household(town.actor, at, (elsewhere, "head"), area_id=COMMUNITY_QINGBOMEN)
    notices = told(system, at + HOUR)
    for one in notices:
        assert faults("/registry/notify", "request", one["body"]) == []
    events = [one["body"]["message"]["notify_event"][0]["data"] for one in notices]
    assert {(e["reg_records"]["reg_event"], e.get("reg_event_type")) for e in events} == {
        ("LiveBirth", None),
        ("NewHouseHoldMember", "NewHouseHoldMember"),
    }
    assert "林新" not in json.dumps([e["reg_records"] for e in events], ensure_ascii=False)  # names were not agreed


def test_what_became_of_a_request_is_told_to_its_sender_only(town: Town, caller: Caller, at: datetime) -> None:
    asked = caller.search(by_number(town.numbers["grandmother"]), by_expression({"x": 1}), at=at, sync=False)
    correlation = asked.body["message"]["correlation_id"]

    def status_of(one: Caller, kind: str, value: Any, *, sync: bool = True, txn: str = "search") -> dict[str, Any]:
        request = {"reference_id": "t", "txn_type": txn, "attribute_type": kind, "attribute_value": value}
        answer = one.ask(
            Action.TXN_STATUS, {"transaction_id": uuid4().hex, "txnstatus_request": request}, at=at, sync=sync
        )
        assert faults("/registry/sync/txn/status", "default", answer.body) == [], answer.body
        found: dict[str, Any] = answer.body
        return found

    before = status_of(caller, "correlation_id", correlation)["message"]["txnstatus_response"]["txn_status"]
    assert [one["status"] for one in before["search_response"]] == ["rcvd"]
    run_jobs(at)
    after = status_of(caller, "correlation_id", correlation)["message"]["txnstatus_response"]["txn_status"]
    assert [(o["reference_id"], o["status"]) for o in after["search_response"]] == [("r0", "succ"), ("r1", "rjct")]
    one = status_of(caller, "reference_id_list", ["r1"])["message"]["txnstatus_response"]["txn_status"]
    assert [o["reference_id"] for o in one["search_response"]] == ["r1"]
    other = partner(town, at=at, sender_id="curious.example")
    for value in (status_of(other, "correlation_id", correlation), status_of(caller, "transaction_id", "none")):
        assert value["header"]["status"] == "rjct"
        assert "message" not in value
    assert status_of(caller, "transaction_id", "x", txn="receipt")["header"]["status"] == "rjct"
    request = {"reference_id": "t", "txn_type": "search", "attribute_type": "correlation_id"}
    message = {"transaction_id": "t2", "txnstatus_request": request | {"attribute_value": correlation}}
    posted(at)
    caller.ask(Action.TXN_STATUS, message, at=at, sync=False)
    run_jobs(at)
    [sent] = posted(at)
    assert sent["url"].endswith("/registry/txn/on-status")
    assert faults("/registry/txn/on-status", "request", sent["body"]) == []


# ---- over a real socket ----------------------------------------------------------------------------------------


class Ear(BaseHTTPRequestHandler):
    """A partner's address: hears, and answers with what `status` says."""

    heard: list[tuple[str, bytes]]
    status: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).heard.append((self.path, body))
        self.send_response(type(self).status)
        if type(self).status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def ear(status: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    heard: list[tuple[str, bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Ear", (Ear,), {"heard": heard, "status": status}))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/callback", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_job_sends_over_the_network(town: Town, at: datetime) -> None:
    with ear(202) as (url, heard):
        caller = partner(town, at=at, sender_id="real.example", callback_url=url)
        caller.search(by_number(town.numbers["grandmother"]), at=at, sync=False)
        run_jobs(at)

        @contextmanager
        def step() -> Iterator[Any]:
            from minsheng.foundation.jobs.types import Turn

            with transaction.atomic():
                yield Turn(SYSTEM, at)

        jobs.send_due.function(step=step)
        [(path, body)] = heard
    assert path == "/callback/registry/on-search"
    assert faults("/registry/on-search", "request", json.loads(body)) == []
    assert Outbound.objects.get().state == "sent"


def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")  # and no proxy of the environment is believed
    with ear(302) as (url, heard):
        assert deliver(url=url, body={}) == "对方答复 HTTP 302"
        assert [path for path, _ in heard] == ["/callback"]
    with ear(500) as (url, _):
        assert deliver(url=url, body={}) == "对方答复 HTTP 500"
    with ear(204) as (url, _):
        assert deliver(url=url, body={}) == ""
    assert "连不上对方" in deliver(url="http://127.0.0.1:9/", body={})
