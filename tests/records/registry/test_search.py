"""Every way of asking finds the person, narrows when words are put together, and shows nobody of another area."""

from datetime import date, datetime

import pytest

from builders import COMMUNITY_FURONG, COMMUNITY_QINGHE, DISTRICT, staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.pages.masking import age_on
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries.duplicates import Typed
from records.registry.people import clerk, household, id_number, register

pytestmark = pytest.mark.django_db
BORN = date(1958, 3, 4)


@pytest.fixture
def officer(at: datetime, keys: Keyring) -> Viewer:
    return clerk(at=at)


@pytest.fixture
def wanted(officer: Viewer, at: datetime) -> int:
    """This fixture will register the one who is looked for, and others who are nearly so."""
    person_id = register(officer, at, "王清波", born=BORN, sequence=7, phone="13800005678")
    register(officer, at, "王青", born=date(1970, 1, 1), phone="13900001111")
    register(officer, at, "李清", born=date(1971, 1, 1))
    register(officer, at, "单雄信", born=date(1972, 1, 1))
    register(officer, at, "吕䶮", born=date(1973, 1, 1))
    far = register(officer, at, "王清波", born=date(1990, 1, 1), phone="13700002222", area_id=COMMUNITY_FURONG)
    household(officer, at, (person_id, "head"))
    household(officer, at, (far, "head"), area_id=COMMUNITY_FURONG)
    return person_id


def found(viewer: Viewer, at: datetime, text: str) -> list[int]:
    return [p.person_id for p in registry.search_people(viewer=viewer, at=at, text=text).people]


@pytest.mark.parametrize(
    "text",
    [
        "王清波",
        "王清",
        "清波",
        "王 清波",
        "wangqingbo",
        "Wang Qingbo",
        "wang qing bo",
        "wqb",
        "wang qb",
        id_number(born=BORN, sequence=7),
        "13800005678",
        "+86 138-0000-5678",
        "5678",
        "清波 5678",
        "清荷苑",
        "王清波 青荷社区",
        "王清 青荷",
    ],
)
def test_every_way_of_asking_finds(officer: Viewer, at: datetime, wanted: int, text: str) -> None:
    assert wanted in found(officer, at, text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("shan", {"单雄信"}),
        ("dan", set()),
        ("lvyan", {"吕䶮"}),
        ("lyu yan", {"吕䶮"}),
        ("王青", {"王青"}),
        ("清 5678", {"王清波"}),
        ("王 1111", {"王青"}),
        ("王 9999", set()),
        ("王清波 芙蓉社区", {"王清波"}),
        ("330102", set()),
        ("%", set()),
        ("王_波", set()),
    ],
)
def test_asking_is_exact_where_it_must_be(
    officer: Viewer, at: datetime, wanted: int, text: str, names: set[str]
) -> None:
    page = registry.search_people(viewer=officer, at=at, text=text)
    assert {p.name for p in page.people} == names


def test_homes_are_found_by_what_people_say(officer: Viewer, at: datetime, wanted: int) -> None:
    door = f"清荷苑{wanted}幢1单元101室"
    assert found(officer, at, door) == [wanted]
    assert found(officer, at, f"清荷苑 {wanted}-1-101") == [wanted]
    assert found(officer, at, f"清荷苑{wanted}幢2单元") == []


def test_another_area_finds_nobody_and_counts_nobody(officer: Viewer, at: datetime, wanted: int) -> None:
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_FURONG)
    for text in ("5678", "13800005678", id_number(born=BORN, sequence=7), "王清波 青荷社区"):
        assert found(worker, at, text) == []
    assert wanted not in found(worker, at, "王清波")
    assert len(found(worker, at, "王清波")) == 1
    leader = staff(at=at, role="district_leader", area_id=DISTRICT)
    with pytest.raises(UnableToAct):
        found(leader, at, "王")


def test_pages_follow_each_other_without_gap_or_repetition(officer: Viewer, at: datetime) -> None:
    people = [register(officer, at, f"赵{a}{b}") for a in "甲乙丙丁戊" for b in "子丑寅卯辰"]
    people += [register(officer, at, f"钱赵{a}") for a in "甲乙丙"]  # 赵 as a given name: the second branch
    seen: list[int] = []
    token = None
    while True:
        page = registry.search_people(viewer=officer, at=at, text="赵", token=token, size=4)
        seen += [p.person_id for p in page.people]
        token = page.next_token
        if token is None:
            break
    assert sorted(seen) == sorted(people)
    assert len(set(seen)) == len(seen)
    first = registry.search_people(viewer=officer, at=at, text="赵", size=4)
    other = registry.search_people(viewer=officer, at=at, text="钱", token=first.next_token, size=4)
    assert next(p.name for p in other.people) == "钱赵丙", "a mark of another list begins with the first page"


def test_a_list_shows_no_birth_date_beside_the_tail_and_leaves_a_record(
    officer: Viewer, at: datetime, wanted: int
) -> None:
    [row] = registry.search_people(viewer=officer, at=at, text="13800005678").people
    number = id_number(born=BORN, sequence=7)
    assert row.id_masked == number[:3] + "*" * 15
    assert row.age == f"{age_on(birth_date=BORN, on=at.date())}岁"
    assert row.phone_masked == "138****5678"
    assert BORN.isoformat() not in repr(row)
    auditor = staff(at=at, role="auditor", area_id=DISTRICT)
    with acting_as(viewer=auditor, at=at):
        entry = Entry.objects.filter(action="registry.people_listed").latest("at")
    assert entry.detail["people"] == 1
    assert entry.detail["ids"] == [wanted]
    assert "5678" not in str(entry.detail["by"])


def test_doubles_are_shown_while_typing(officer: Viewer, at: datetime, wanted: int) -> None:
    def reasons(viewer: Viewer, **typed: object) -> list[tuple[str, bool]]:
        found = registry.possible_duplicates(viewer=viewer, at=at, typed=Typed(**typed))  # type: ignore[arg-type]
        return [(d.reason, d.person is not None) for d in found]

    assert reasons(officer, id_number=id_number(born=BORN, sequence=7)) == [("证件号相同", True)]
    assert reasons(officer, id_number="33010219") == []
    assert reasons(officer, phone="138 0000 5678") == [("电话相同", True)]
    assert reasons(officer, name="汪青波", birth_date=date(1958, 4, 3)) == [("同音，生日相近", True)]
    assert reasons(officer, name="王清波", birth_date=BORN) == [("姓名、生日相同", True)]
    assert reasons(officer, name="王清波", birth_date=date(1940, 3, 4)) == []
    worker = staff(at=at, role="community_worker", area_id=COMMUNITY_FURONG)
    assert reasons(worker, id_number=id_number(born=BORN, sequence=7)) == [("证件号已在别处登记，请与街道联系", False)]
    assert reasons(worker, phone="138 0000 5678") == []
    assert COMMUNITY_QINGHE not in {g.area_id for g in worker.grants}
