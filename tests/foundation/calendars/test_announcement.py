"""The announcement's own text gives exactly the reference days of that year."""

from datetime import date

import pytest

from minsheng.foundation.calendars.announcement import UnableToReadAnnouncement, days_of_announcement, text_of_days
from minsheng.foundation.calendars.reference import reference_days
from minsheng.foundation.calendars.types import DayKind, SpecialDay

NOTICE_2025 = """
国务院办公厅关于2025年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
"""
NOTICE_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def _plain(days: list[SpecialDay]) -> set[tuple[date, DayKind]]:
    return {(day.date, day.kind) for day in days}


@pytest.mark.parametrize(("year", "text"), [(2025, NOTICE_2025), (2026, NOTICE_2026)])
def test_the_notices_text_gives_the_reference_days(year: int, text: str) -> None:
    expected = reference_days()[year]
    assert _plain(days_of_announcement(year=year, text=text)) == _plain(expected)


def test_plain_lines_are_read_and_written_back() -> None:
    days = [
        SpecialDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),
        SpecialDay(date(2027, 1, 9), DayKind.MAKEUP_WORKDAY, "元旦"),
    ]
    assert days_of_announcement(year=2027, text=text_of_days(days)) == days
    assert days_of_announcement(year=2027, text="2027/1/1 休 元旦\n2027年1月9日 班 元旦") == days


def test_a_holiday_may_begin_in_the_year_before() -> None:
    days = days_of_announcement(
        year=2023, text="元旦：2022年12月31日至2023年1月2日放假调休，共3天。\n元旦：2022年12月24日（星期六）上班。"
    )
    assert [day.date for day in days] == [date(2022, 12, 24), date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]
    assert days[0].kind is DayKind.MAKEUP_WORKDAY


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("元旦：1月1日（周四）放假1天。", "是周五"),
        ("元旦：13月1日放假。", "month must be"),
        ("元旦：待定。", "没有读到"),
        ("春节：2月6日至1日放假。", "起止日期不对"),
        ("春节：6日至12日放假。", "没有写月份"),
        ("2月6日至12日放假调休。", "没有“节日：”开头"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_its_number(line: str, why: str) -> None:
    with pytest.raises(UnableToReadAnnouncement, match=f"第 2 行看不懂：.*{why}"):
        days_of_announcement(year=2027, text="通知\n" + line)
