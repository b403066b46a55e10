"""The roots of one day on paper: what the audit office keeps in a drawer and nobody can change from here."""

from datetime import date, datetime, time, timedelta

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence.queries import DayOfRoots, UnableToProve, day_of_roots
from minsheng.foundation.files.documents import render_pdf
from minsheng.foundation.pages.wording import day as day_words


def in_groups(digest: str) -> str:
    """This function will write a digest in groups of eight, as it is read out and compared."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def day_page(*, viewer: Viewer, at: datetime, day: date) -> bytes:
    """This function will return the page of one business day's roots as PDF; UnableToProve where there are none."""
    start = datetime.combine(day, time(), BUSINESS_ZONE)
    told = day_of_roots(viewer=viewer, at=at, since=start, until=start + timedelta(days=1))
    if told is None:
        raise UnableToProve(f"{day_words(day)}没有根：那天没有封存，或还没有到。")
    return render_pdf("table", _content(told, day), written_at=at)


def _content(told: DayOfRoots, day: date) -> dict[str, object]:
    hours = [
        [f"{hour:02d} 时", str(roots), f"{entries:,}", in_groups(digest)]
        for hour, roots, entries, digest in told.by_hour
    ]
    return {
        "title": "审计根日报",
        "number": day_words(day),
        "opening": (
            f"第 {told.first_number} 到 {told.last_number} 个根，封存 {told.entries:,} 条记录。"
            f"当天最后一个根的校验码：{in_groups(told.last_hash)}"
        ),
        "headings": ["时段", "根", "记录", "这一小时最后一个根的校验码（SM3）"],
        "rows": hours,
        "numbers": [1, 2],
        "widths": [2, 2, 2, 13],
        "closing": (
            "校验码按 GB/T 32905-2016（SM3）计算，每个根都包含前一个的校验码。请打印后由审计方签收保存；"
            "以后核对时，用 tools/verify_audit.py 的 --expect 输入上面任何一个校验码。"
        ),
        "signature": "签收人：＿＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿＿＿＿＿＿＿",
        "verification": f"第 {told.last_number} 个根 {told.last_hash[:16]}",
    }
