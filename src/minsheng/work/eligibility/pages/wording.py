"""How eligibility speaks: a finding as one line, a filter as one sentence."""

from dataclasses import dataclass

from django.urls import reverse

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import Audience, mask_name
from minsheng.foundation.pages.wording import yuan
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.queries.findings import FindingFilter, Totals
from minsheng.work.eligibility.types import AgeBand, FindingKind, FindingLine
from rulebook import Period

REASONS = {
    "deceased": "本人已去世，还在发放",
    "moved_away": "户籍和居住地都已不在本区",
    "not_in_register": "登记库中找不到这个人",
    "conditions": "按现在的情况不符合条件",
}

STATUS_WORD = "资格"  # stands where an amount would, for what is a status and carries no money


@dataclass(frozen=True)
class FindingRow:
    """One finding as the list and the export show it.

    `period` is the word before an amount, empty for a status; `said` is the amount as one phrase, empty where unknown.
    """

    id: int
    name: str
    scheme: str
    place: str
    kind: str
    period: str
    amount: str
    receiving: str
    said: str
    age_band: str
    why: str
    url: str
    noted: str = ""


def finding_row(finding: FindingLine, *, viewer: Viewer) -> FindingRow:
    """This function will put one finding into words, with the address of its explanation.

    Who may not open a person reads a masked name and gets no address that would end at a refusal.
    """
    opens = viewer.can("registry.view_person")
    subject = mask_name(finding.subject_name, Audience.OWN_AREA if opens else Audience.STAFF)
    scheme = book().schemes.get(finding.scheme)
    period = scheme.period if scheme else Period.MONTH
    kind = finding.kind
    if kind is FindingKind.ONE_DATUM_MISSING:
        why = "；".join(finding.questions)
    else:
        why = REASONS.get(finding.reason, finding.noted or "符合条件，还没有领")
    fen = finding.amount_fen if finding.amount_fen is not None else finding.receiving_fen
    arguments: dict[str, object] = {"code": finding.scheme, "household_id": finding.household_id}
    name = "explain_household"
    if finding.person_id is not None:
        arguments["person_id"], name = finding.person_id, "explain_person"
    return FindingRow(
        id=finding.id,
        name=subject if finding.person_id is not None else f"{subject}一家",
        scheme=scheme.title if scheme else finding.scheme,
        place=finding.place,
        kind=kind.label,
        period="" if fen is None else period.spoken,
        amount=_amount(finding.amount_fen, period),
        receiving=_amount(finding.receiving_fen, period),
        said=_said(finding, period),
        age_band=AgeBand(finding.age_band).label if finding.age_band else "未知",
        why=why,
        url=reverse(f"eligibility:{name}", kwargs=arguments) if opens else "",
        noted=finding.noted,
    )


def _amount(fen: int | None, period: Period) -> str:
    if fen is None:
        return "—"
    return STATUS_WORD if period is Period.STATUS else yuan(fen)


def _said(finding: FindingLine, period: Period) -> str:
    fen = finding.amount_fen if finding.amount_fen is not None else finding.receiving_fen
    if fen is None:
        return ""
    words = STATUS_WORD if period is Period.STATUS else f"{period.spoken} {yuan(fen)} 元"
    return words if finding.amount_fen is not None else f"现领{words}"


def heading_of(chosen: FindingFilter, totals: Totals) -> str:
    """This function will say the list as one sentence."""
    scheme = book().schemes[chosen.scheme].title if chosen.scheme else ""
    about = f"“{scheme}”" if scheme else ""
    number = f"{totals.count:,}"
    if chosen.kind is FindingKind.ENTITLED_NOT_RECEIVING:
        return f"{number} 项{about}应该享受、还没有领" if totals.count else f"{about}没有发现应享未享的"
    if chosen.kind is FindingKind.RECEIVING_NOT_ENTITLED:
        return f"{number} 项{about}正在领、但已不符合" if totals.count else f"{about}没有发现享而不符的"
    return f"{number} 项{about}只差一项信息就能定" if totals.count else f"{about}没有只差一项信息的"
