"""Letters as they go out: data frozen with a hash and a code that anyone can verify; drawn as PDF on demand."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence

from minsheng.foundation.pages.wording import day
from minsheng.work.casework.acting import Work
from minsheng.work.casework.models import Document, Proxy
from minsheng.work.casework.rules.wording import LETTERS


def issue(
    work: Work,
    *,
    kind: str,
    opening: str,
    lines: Sequence[str] = (),
    heading: str = "",
    rows: Sequence[Sequence[str]] = (),
    headings: Sequence[str] = (),
) -> int:
    """This function will put a letter into the file and return its id; `lines` are its numbered points."""
    letter = LETTERS[kind]
    code = base64.b32encode(secrets.token_bytes(10)).decode()
    shown = "-".join(code[i : i + 4] for i in range(0, 16, 4))
    office = work.actor.area_name
    proxy = Proxy.objects.filter(case=work.case, ended_at__isnull=True, valid_to__gt=work.today).first()
    named = f"（代办人：{proxy.name}，{proxy.relation}）" if proxy else ""
    data = {
        "issuer": office,
        "title": letter.title,
        "number": f"编号 {work.case.number}-{kind[:3].upper()}{Document.objects.filter(case=work.case).count() + 1}",
        "addressee": f"{work.case.subject_name}{named}" if letter.to_applicant else "",
        "opening": opening,
        "blocks": [{"heading": heading or letter.heading, "items": list(lines)}] if lines else [],
        "table": {"headings": list(headings), "rows": [list(row) for row in rows]} if rows else None,
        "closing": letter.closing,
        "signer": office,
        "date": day(work.at),
        "verification": f"验证码 {shown}，在民生直达“验证文书”页输入可核对真伪",
    }
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    row = Document.objects.create(
        case=work.case,
        area_id=work.case.area_id,
        kind=kind,
        code=code,
        data=data,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        issued_by=work.actor.account_id,
        issued_at=work.at,
    )
    return int(row.pk)
