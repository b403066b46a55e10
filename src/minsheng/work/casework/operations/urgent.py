"""Help first, papers afterwards (社会救助法 Art 50; 民发〔2018〕23号 二(二))."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import publish
from minsheng.foundation.pages.wording import yuan
from minsheng.work.casework.acting import UnableToProceed, acting_on, words
from minsheng.work.casework.letters import issue
from minsheng.work.casework.paying import give_relief
from minsheng.work.casework.types import Act, Outcome
from minsheng.work.casework.working import decide, granted, work_out


def aid_first(*, actor: Viewer, at: datetime, case_id: int, amount_fen: int, reason: str) -> int:
    """This function will decide urgent aid at once and return the decision's id.

    `amount_fen` is at most what the rulebook gives for the emergency as it is registered; the papers follow.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.AID_FIRST) as work:
        worked = work_out(work, scheme=work.case.scheme)
        if not worked.entitled:
            raise UnableToProceed("按登记的情况还不是规定的急难。请先登记是什么急难、多严重、哪一天发生的。")
        if not 0 < amount_fen <= worked.amount_fen:
            raise UnableToProceed(
                f"金额要大于 0、不超过 {yuan(worked.amount_fen)} 元（这样的急难按规定一次最多给这么多）。"
                "确需超过的，请提请个案会商。"
            )
        decision = decide(
            work,
            outcome=Outcome.ADVANCE,
            worked=worked,
            amount_fen=amount_fen,
            start=work.today,
            end=None,
            reason=reason,
        )
        issue(
            work,
            kind="advance",
            opening=f"您遇到的急难，先救助 {yuan(amount_fen)} 元。",
            lines=[f"理由：{reason.strip()}", f"依据：{work.edition.basis}。"],
        )
        give_relief(work, decision)
        work.done(note=reason, detail={"decision": decision.pk, "amount_fen": amount_fen})
        publish(granted(work.case, decision, at), at=at, area_id=work.case.area_id)
        return int(decision.pk)


def supply_papers(*, actor: Viewer, at: datetime, case_id: int, note: str) -> None:
    """This function will complete the file after the aid: what happened, who confirmed it, signatures."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SUPPLY_PAPERS) as work:
        work.done(note=words(note, what="补了哪些手续、谁签字"))
