"""Numbers of payments, dated and cited; those without a verified source carry their doubt (演示参数).

Pure: whoever needs a number passes the day.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Figure:
    """One version of one number: in force from a day, with its source and, where unverified, its doubt."""

    name: str
    label: str
    valid_from: date
    value: int
    unit: str
    basis: str
    doubt: str = ""


_LONG_AGO = date(2016, 1, 1)
_LOCAL = "各地资金管理办法分别规定，杭州市上城区的数字未查到，按演示参数处理"

FIGURES: tuple[Figure, ...] = (
    Figure(
        "second_signature_from_fen",
        "一批达到这个总额，要两个人签字",
        _LONG_AGO,
        50_000_000,
        "分",
        "财政国库集中支付按额度分级审批的通行做法",
        _LOCAL,
    ),
    Figure("account_quiet_days", "收款账户改动后几天内发放要人工看", _LONG_AGO, 30, "日", "内部控制通行做法", _LOCAL),
    Figure(
        "recovery_floor_percent",
        "扣回后，当月保障水平不低于低保标准的",
        _LONG_AGO,
        80,
        "%",
        "社会救助法关于追回多领款物的规定没有写分期比例",
        _LOCAL,
    ),
    Figure("recovery_most_months", "分期扣回最长", _LONG_AGO, 36, "月", "内部控制通行做法", _LOCAL),
    Figure("back_pay_months", "编制时向前补足最多", _LONG_AGO, 12, "月", "内部控制通行做法", _LOCAL),
    Figure("sample_confidence_percent", "抽查置信水平", _LONG_AGO, 95, "%", "统计抽样通行取值", ""),
    Figure("sample_margin_permille", "抽查要发现的差错率", _LONG_AGO, 30, "‰", "统计抽样通行取值", _LOCAL),
    Figure("fund_warning_months", "专项资金不足几个月时提示", _LONG_AGO, 3, "月", "内部控制通行做法", _LOCAL),
    Figure(
        "float_district_fen", "区级备用金限额", _LONG_AGO, 50_000_000, "分", "规划 III.1 区、街道两级备用金", _LOCAL
    ),
    Figure("float_street_fen", "街道备用金限额", _LONG_AGO, 5_000_000, "分", "规划 III.1 区、街道两级备用金", _LOCAL),
    Figure(
        "float_case_fen",
        "备用金单笔限额",
        _LONG_AGO,
        200_000,
        "分",
        "民发〔2026〕临时救助：小额快救不超过一个月低保标准",
        "金额按低保标准取整，杭州市规定未查到",
    ),
)

# The most that one line of a scheme may be, per month or once; above it is a mistake until proven otherwise.
CEILINGS: tuple[Figure, ...] = (
    Figure("minimum_living_allowance", "低保每户每月", _LONG_AGO, 1_500_000, "分", "按 10 人户全额估算", _LOCAL),
    Figure("single_person_household", "单人户每月", _LONG_AGO, 200_000, "分", "按一人全额估算", _LOCAL),
    Figure("destitute_support", "特困供养每人每月", _LONG_AGO, 800_000, "分", "基本生活加全护理估算", _LOCAL),
    Figure("disability_care_subsidy", "护理补贴每人每月", _LONG_AGO, 100_000, "分", "最高一档两倍", _LOCAL),
    Figure("disability_living_subsidy", "生活补贴每人每月", _LONG_AGO, 100_000, "分", "低保标准 30% 以上估算", _LOCAL),
    Figure("old_age_allowance", "高龄津贴每人每月", _LONG_AGO, 150_000, "分", "百岁档估算", _LOCAL),
    Figure("child_basic_living_allowance", "儿童基本生活费每人每月", _LONG_AGO, 500_000, "分", "机构档估算", _LOCAL),
    # What is given once: for the one time; ten heads and the yearly cap of twelve months bound it.
    Figure(
        "emergency_assistance", "急难型临时救助每次", _LONG_AGO, 13_500_000, "分", "按 10 人、12 个月封顶估算", _LOCAL
    ),
    Figure(
        "expenditure_assistance", "支出型临时救助每次", _LONG_AGO, 13_500_000, "分", "按 10 人、12 个月封顶估算", _LOCAL
    ),
    Figure("small_quick_aid", "小额快救每次", _LONG_AGO, 200_000, "分", "民发〔2026〕不超过一个月低保标准", _LOCAL),
)
ANY_OTHER_CEILING_FEN = 2_000_000  # a scheme without a line above: a single amount beyond 20,000 yuan is looked at


class UnableToFindFigure(LookupError):
    """No version of the number was in force on the day."""


def figure(name: str, on: date, table: tuple[Figure, ...] = FIGURES) -> int:
    """This function will return the value in force on a day; raises UnableToFindFigure before the first version."""
    versions = [one for one in table if one.name == name and one.valid_from <= on]
    if not versions:
        raise UnableToFindFigure(f"{name} 在 {on} 还没有规定的数。请补充 figures.py 中的版本。")
    return max(versions, key=lambda one: one.valid_from).value


def ceilings_on(on: date) -> dict[str, int]:
    """This function will return the ceiling in fen of each scheme on a day."""
    return {one.name: figure(one.name, on, CEILINGS) for one in CEILINGS}
