"""Acting for somebody else (代办、委托): who they are is verified, what they may do is written, and it can be ended.

民法典 Art 27-28 (guardians), 161-174 (entrusted agents). A proxy speaks for the family and never decides: whoever acted
as one takes no step of the office. That a village or community may act (村社代办) is local practice: 演示参数.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.foundation.sealing.rules import id_check_character, normal_id_number
from minsheng.records.registry import queries as registry
from minsheng.work.casework.acting import UnableToFindCase, UnableToProceed, Work, acting_on, journal, words
from minsheng.work.casework.codes import ProxyScope
from minsheng.work.casework.models import Case, Proxy
from minsheng.work.casework.sealed_columns import PROXY_ID
from minsheng.work.casework.types import Act, ProxyBasis


def name_proxy(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    basis: str,
    relation: str,
    paper: str,
    scope: Sequence[str],
    valid_to: date,
    person_id: int | None = None,
    username: str = "",
    name: str = "",
    id_number: str = "",
) -> int:
    """This function will record who acts for the applicant, in place of an earlier one, and return the proxy's id.

    Exactly one identity: `person_id` of the registry, the sign-in name of staff (社区代办), or name and id number of
    somebody whose document was seen. The number is sealed. Raises UnableToProceed.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.NAME_PROXY) as work:
        who = _identified(work, person_id, username.strip(), name, id_number.strip())
        if basis not in set(ProxyBasis):
            raise UnableToProceed("请选代办的依据：监护、书面委托，还是村（社区）代办。")
        if (basis == ProxyBasis.COMMUNITY) != (who["account_id"] is not None):
            raise UnableToProceed("村（社区）代办的是工作人员，请填登录名；监护、委托的请填是哪一位。")
        chosen = sorted(set(scope))
        if not chosen or not set(chosen) <= set(ProxyScope):
            raise UnableToProceed("请至少选一样可以代办的事。")
        if valid_to <= work.today:
            raise UnableToProceed("代办的截止日期要晚于今天。")
        _end(work.case, actor, at, "换了代办人")
        number = who.pop("id_number")
        row = Proxy.objects.create(
            case=work.case,
            area_id=work.case.area_id,
            **who,
            id_sealed=b"" if number else None,
            basis=basis,
            relation=words(relation, what="和申请人是什么关系", most=60),
            paper=words(paper, what="依据的材料（监护证明、委托书的日期，或本人口头同意的经过）", most=200),
            scope=chosen,
            valid_from=work.today,
            valid_to=valid_to,
            recorded_by=actor.account_id,
            recorded_at=at,
        )
        if number:
            row.id_sealed = sealing.seal(context=PROXY_ID, row_id=row.pk, value=number)
            row.save(update_fields=["id_sealed"])
        work.done(
            note=f"{row.name}（{row.relation}），{row.basis_label}，到 {valid_to.isoformat()}：{row.scope_labels}",
            detail={"proxy": row.pk},
        )
        return int(row.pk)


def _identified(work: Work, person_id: int | None, username: str, name: str, id_number: str) -> dict[str, Any]:
    """The one identity that was given; the applicant is no proxy of themselves."""
    if sum((person_id is not None, bool(username), bool(id_number))) != 1:
        raise UnableToProceed("请只填一种身份：家庭成员、工作人员的登录名，或者姓名和身份证号。")
    who: dict[str, Any] = {"person_id": None, "account_id": None, "id_number": ""}
    if person_id is not None:
        found = registry.household_facts(
            viewer=work.actor, household_id=work.case.household_id, as_of=work.today, known_at=work.at
        )
        if found is None or person_id not in found.names or person_id == work.case.applicant_id:
            raise UnableToProceed("请选这一家的另一位成员。不是这一家的，填姓名和身份证号。")
        return who | {"person_id": person_id, "name": found.names[person_id]}
    if username:
        number = accounts.account_id(username=username)
        if number is None:
            raise UnableToProceed(f"没有登录名“{username}”。请核对代办人的登录名。")
        return who | {"account_id": number, "name": accounts.display_names(account_ids={number})[number]}
    normal = normal_id_number(id_number)
    digits = normal[:17]
    if len(normal) != 18 or not (digits.isascii() and digits.isdigit()) or normal[17] != id_check_character(digits):
        raise UnableToProceed("身份证号对不上校验位。请对照证件再填一遍。")
    return who | {"id_number": normal, "name": words(name, what="代办人的姓名", most=60)}


def end_proxy(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will end the proxy of a case, at any time and without a ground; what was done stays done.

    The applicant does it on their own page, or the office for them.
    """
    require(viewer=actor, capability="casework.draft")
    with acting_as(viewer=actor, at=at):
        case = Case.objects.filter(pk=case_id).first()
        if case is None:
            raise UnableToFindCase
        ended = _end(case, actor, at, words(reason, what="为什么撤回代办", most=200))
        if ended is None:
            raise UnableToProceed("这一件没有在代办的人。")
        journal(
            case,
            act=Act.END_PROXY,
            before=case.status,
            actor=actor,
            at=at,
            note=f"{ended.name}：{ended.ended_words}",
            detail={"proxy": ended.pk},
        )


def _end(case: Case, actor: Viewer, at: datetime, why: str) -> Proxy | None:
    row = Proxy.objects.select_for_update(no_key=True).filter(case=case, ended_at__isnull=True).first()
    if row is not None:
        row.ended_at, row.ended_by, row.ended_words = at, actor.account_id, why
        row.save(update_fields=["ended_at", "ended_by", "ended_words"])
    return row


def by_proxy(work: Work, /, *, scope: ProxyScope, acted: bool) -> tuple[str, dict[str, Any]]:
    """This function will return how the file names the proxy who did an act, as note and detail; empty for the family.

    Raises UnableToProceed where nobody may do that for the family today.
    """
    if not acted:
        return "", {}
    row = Proxy.objects.filter(case=work.case, ended_at__isnull=True, valid_to__gt=work.today).first()
    if row is None:
        raise UnableToProceed("没有登记有效的代办人。请先登记代办人，核对身份和依据。")
    if scope not in row.scope:
        raise UnableToProceed(f"{row.name}的代办范围里没有“{scope.label}”。请本人来办，或者重新登记代办的范围。")
    return f"由代办人{row.name}（{row.relation}）办理", {"proxy": row.pk}
