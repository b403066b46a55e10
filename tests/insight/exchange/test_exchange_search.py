"""Searching: what a partner gets to know, within its areas, its terms, and with a trace for each person."""

from datetime import date, datetime, timedelta
from typing import Any

from builders import COMMUNITY_QINGHE
from insight.exchange.published import faults
from insight.exchange.town import QINGBO, Caller, Town, by_expression, by_number, by_predicate, partner
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.audit.queries import looks_at
from minsheng.insight.exchange.queries.standing import partner_in_force, partner_viewer
from minsheng.insight.exchange.signing import own_key, public_part, verified
from minsheng.insight.exchange.types import Attribute, QueryType
from records.registry.people import household, id_number, register

SYNC = "/registry/sync/search"


def first(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.body["message"]["search_response"][0]
    return found


def records(answer: Any) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    assert faults(SYNC, "default", answer.body) == []
    item = first(answer)
    assert item["status"] == "succ", item
    found: list[dict[str, Any]] = item["data"]["reg_records"]
    return found


def name_of(member: dict[str, Any]) -> str:
    return str(member["demographic_info"]["name"]["full_name"])


def trail(caller: Caller, at: datetime, person: int) -> list[tuple[str, str]]:
    held = partner_in_force(sender_id=caller.sender_id, at=at)
    assert held is not None
    with acting_as(viewer=partner_viewer(partner=held, at=at), at=at) as viewer:
        looks = looks_at(viewer=viewer, object_type="registry.person", object_id=str(person))
    return [(look.account_name, look.purpose) for look in looks if look.action == "registry.person_given"]


def test_a_number_finds_the_household_and_the_look_is_in_the_trail(town: Town, caller: Caller, at: datetime) -> None:
    answer = caller.search(by_number(town.numbers["grandmother"]), at=at)
    [group] = records(answer)
    assert group["group_size"] == 2
    assert [name_of(m) for m in group["member_list"]] == ["林阿珍"]  # the boy is counted, not named
    assert (
        group["group_head_info"]["demographic_info"]["identifier"][0]["identifier_value"] == town.numbers["grandmother"]
    )
    assert trail(caller, at, town.grandmother) == [("区住房保障中心（示例）", "公租房资格核验")]
    assert trail(caller, at, town.grandson) == []
    signature = answer.body["signature"]
    said = verified(signature=signature, key_of=lambda kid: public_part(own_key()))
    assert said["message"] == answer.body["message"]
    assert answer.body["header"]["receiver_id"] == caller.sender_id


def test_nobody_outside_of_the_agreed_areas_exists(town: Town, caller: Caller, at: datetime) -> None:
    assert records(caller.search(by_number(town.numbers["stranger"]), at=at)) == []
    everybody = by_expression({"birth_date": {"$gt": "1900-01-01"}}, response_entity="Member")
    assert {name_of(m) for m in records(caller.search(everybody, at=at))} == {"林阿珍", "周大川"}
    other = partner(town, at=at, sender_id="other.example", areas=QINGBO)
    assert {name_of(m) for m in records(other.search(everybody, at=at))} == {"沈清波"}
    assert trail(caller, at, town.stranger) == []


def test_what_is_not_agreed_is_left_out_or_masked(town: Town, at: datetime) -> None:
    few = partner(town, at=at, sender_id="few.example", attributes=("sex",))
    [group] = records(few.search(by_number(town.numbers["grandmother"]), at=at))
    member = group["member_list"][0]
    said = member["demographic_info"]
    assert said["name"]["full_name"] == "林*珍"
    assert set(said) == {"@type", "name", "identifier", "sex"}
    hidden = said["identifier"][0]["identifier_value"]
    assert hidden == town.numbers["grandmother"][:3] + "*" * 15
    assert group["place"]["address"].endswith("****")
    whole = str(group)
    for secret in (town.numbers["grandmother"], "1948", "13800001234", "101"):
        assert secret not in whole.replace(group["group_identifier"][0]["identifier_value"], ""), secret


def test_minors_are_given_only_by_agreement(town: Town, caller: Caller, at: datetime) -> None:
    assert records(caller.search(by_number(town.numbers["grandson"], response_entity="Member"), at=at)) == []
    children = by_expression({"birth_date": {"$gt": "2010-01-01"}}, response_entity="Member")
    assert first(caller.search(children, at=at))["status"] == "rjct"
    school = partner(town, at=at, sender_id="school.example", attributes=("birth_date", "minors"))
    assert [m["demographic_info"]["birth_date"] for m in records(school.search(children, at=at))] == ["2015-04-01"]


def test_a_question_is_an_answer(town: Town, at: datetime) -> None:
    """Whoever may not know a birth date may not ask by it, nor sort by it; the control may."""
    blind = partner(town, at=at, sender_id="blind.example", attributes=("name", "sex"))
    for criteria, code in (
        (by_expression({"birth_date": {"$lt": "1950-01-01"}}), "rjct.filter.invalid"),
        (by_expression({"$not": {"birth_date": {"$lt": "1950-01-01"}}}), "rjct.filter.invalid"),
        (by_predicate(("birth_date", "lt", "1950-01-01")), "rjct.filter.invalid"),
        (
            by_expression({"sex": {"$eq": "female"}}, sort=[{"attribute_name": "birth_date", "sort_order": "asc"}]),
            "rjct.sort.invalid",
        ),
        (by_expression({"wage_income": {"$lt": 1}}), "rjct.filter.invalid"),
        (by_expression({"id_sealed__startswith": {"$eq": "x"}}), "rjct.filter.invalid"),
    ):
        item = first(blind.search(criteria, at=at))
        assert (item["status"], item["status_reason_code"]) == ("rjct", code), item
    only = partner(town, at=at, sender_id="only.example", query_types=(QueryType.IDTYPE_VALUE.value,))
    item = first(only.search(by_expression({"birth_date": {"$lt": "1950-01-01"}}), at=at))
    assert item["status_reason_code"] == "rjct.search_criteria.invalid"


def test_too_few_and_nobody_are_told_alike(town: Town, at: datetime) -> None:
    five = partner(town, at=at, sender_id="five.example", smallest_answer=3)
    nobody = first(five.search(by_expression({"birth_date": {"$lt": "1900-01-01"}}), at=at))
    two = first(five.search(by_expression({"birth_date": {"$lt": "1970-01-01"}}), at=at))
    assert {k: v for k, v in nobody.items() if k != "reference_id"} == {
        k: v for k, v in two.items() if k != "reference_id"
    }
    assert two["status_reason_code"] == "rjct.search_criteria.invalid"
    assert trail(five, at, town.grandmother) == []
    assert len(records(five.search(by_number(town.numbers["grandmother"]), at=at))) == 1


def test_the_three_forms_of_a_question_agree(town: Town, caller: Caller, at: datetime) -> None:
    qinghe = "330102012051"
    asked = [
        by_number(town.numbers["grandmother"], response_entity="Member"),
        by_predicate(("birth_date", "eq", "1948-05-06"), ("place", "eq", qinghe), response_entity="Member"),
        by_expression(
            {"$and": [{"birth_date": {"$gte": "1948-05-06", "$lte": "1948-05-06"}}, {"place": {"$in": [qinghe]}}]},
            response_entity="Member",
        ),
        by_expression({"$not": {"birth_date": {"$gt": "1950-01-01"}}}, response_entity="Member"),
    ]
    answer = caller.search(*asked, at=at)
    assert faults(SYNC, "default", answer.body) == []
    found = [item["data"]["reg_records"] for item in answer.body["message"]["search_response"]]
    assert len(found[0]) == 1
    assert all(one == found[0] for one in found)


def test_predicates_join_by_and_or_not(town: Town, caller: Caller, at: datetime) -> None:
    def test_of(name: str, operator: str, value: str) -> dict[str, Any]:
        return {"attribute_name": name, "operator": operator, "attribute_value": value}

    old, younger = test_of("birth_date", "lt", "1950-01-01"), test_of("birth_date", "eq", "1960-02-03")
    for condition, names in (
        ("or", {"林阿珍", "周大川"}),
        ("not", {"林阿珍"}),
        ("and", set()),
    ):
        query = [{"seq_num": 1, "expression1": old, "condition": condition, "expression2": younger}]
        criteria = {"query_type": "predicate", "query": query, "response_entity": "Member"}
        item = first(caller.search(criteria, at=at))
        shown = {name_of(m) for m in item.get("data", {}).get("reg_records", [])}
        assert shown == names, condition


def test_pages_and_order(town: Town, caller: Caller, at: datetime) -> None:
    for number in range(5):
        person = register(
            town.actor, at, f"张{'一二三四五'[number]}", born=date(1940 + number, 1, 1), sequence=30 + number
        )
        household(town.actor, at, (person, "head"), area_id=COMMUNITY_QINGHE)
    question = {"birth_date": {"$lt": "1947-01-01"}}
    sort = [{"attribute_name": "birth_date", "sort_order": "desc"}]
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = caller.search(
            by_expression(
                question, response_entity="Member", sort=sort, pagination={"page_size": 2, "page_number": page}
            ),
            at=at,
        )
        seen += [m["demographic_info"]["birth_date"] for m in records(answer)]
        assert first(answer)["pagination"] == {"page_size": 2, "page_number": page, "total_count": 5}
    assert seen == [f"{year}-01-01" for year in (1944, 1943, 1942, 1941, 1940)]
    groups = records(caller.search(by_expression(question, sort=sort), at=at))
    assert [g["member_list"][0]["demographic_info"]["birth_date"] for g in groups] == seen
    for bad in ({"page_size": 0}, {"page_size": 101}, {"page_size": 2, "page_number": 0}, {"page_size": 1.5}):
        item = first(caller.search(by_expression(question, pagination=bad), at=at))
        assert item["status_reason_code"] == "rjct.pagination.invalid", bad


def test_one_refused_question_leaves_the_others(town: Town, caller: Caller, at: datetime) -> None:
    answer = caller.search(by_number(town.numbers["grandmother"]), by_expression({"x": 1}), by_number("1"), at=at)
    states = [item["status"] for item in answer.body["message"]["search_response"]]
    assert states == ["succ", "rjct", "succ"]
    assert faults(SYNC, "default", answer.body) == []


def test_two_partners_cannot_join_their_files(town: Town, caller: Caller, at: datetime) -> None:
    other = partner(town, at=at, sender_id="second.example", curve="P-256")
    number = town.numbers["grandmother"]
    mine, theirs = (records(one.search(by_number(number), at=at))[0]["group_identifier"] for one in (caller, other))
    again = records(caller.search(by_number(number), at=at))[0]["group_identifier"]
    assert mine == again != theirs


def test_terms_end_on_their_day_in_the_database_too(town: Town, caller: Caller, at: datetime) -> None:
    later = at + timedelta(days=400)
    held = partner_in_force(sender_id=caller.sender_id, at=at)
    assert held is not None
    assert partner_viewer(partner=held, at=at).grants
    assert partner_viewer(partner=held, at=later).grants == ()
    assert caller.search(by_number(id_number(born=date(1948, 5, 6), sequence=11)), at=later).status == 401


def test_every_attribute_has_a_word() -> None:
    assert all(a.label for a in Attribute)
