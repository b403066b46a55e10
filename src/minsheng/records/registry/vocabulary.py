"""The facts that may be stated (attributes) and who may state them (sources). Pure.

Every input of policies/inputs.yaml is an attribute here (a test holds that); the registry knows some more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from minsheng.records.registry import attribute_codes as codes_of
from minsheng.records.registry.types import SubjectKind, Value


class ValueType(StrEnum):
    """How a value is stored; money is integer fen."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    DATE = "date"
    CODE = "code"
    TEXT = "text"


class Sensitivity(StrEnum):
    """How much harm a leak does; decides what a list may show (class labels only until a case is open)."""

    PLAIN = "plain"
    FAMILY = "family"
    INCOME = "income"
    HEALTH = "health"
    JUSTICE = "justice"


@dataclass(frozen=True)
class Attribute:
    """One fact that may be stated of a subject; `for_rules` when the rules may read it (policies/inputs.yaml)."""

    name: str
    subject: SubjectKind
    type: ValueType
    label: str
    sensitivity: Sensitivity = Sensitivity.PLAIN
    codes: Mapping[str, str] = field(default_factory=dict)
    for_rules: bool = True
    in_population: bool = True  # False: read for one case only, no scheme's outcome depends on it


@dataclass(frozen=True)
class Source:
    """Who says it, and how far it is believed when two disagree (0–100)."""

    code: str
    label: str
    confidence: int


_SOURCES = (
    Source("police", "公安户籍", 95),
    Source("courts", "法院", 95),
    Source("justice", "司法行政", 92),
    Source("federation", "残联", 92),
    Source("hrss", "人社", 90),
    Source("medical_insurance", "医保", 90),
    Source("education", "教育", 90),
    Source("economic_check", "民政核对", 88),
    Source("health", "卫健", 85),
    Source("welfare", "民政业务系统", 85),
    Source("religion", "民宗", 80),
    Source("assessment", "能力评估机构", 85),
    Source("visit", "社区走访", 70),
    Source("import", "表格导入", 60),
    Source("self_report", "本人自报", 50),
)
SOURCES: Mapping[str, Source] = {source.code: source for source in _SOURCES}
# What a clerk may choose when a fact is recorded by hand: what was seen or said, or a paper of a department.
HAND_SOURCES = ("visit", "self_report", "police", "hrss", "medical_insurance", "federation", "education", "health")

_P, _H, _T = SubjectKind.PERSON, SubjectKind.HOUSEHOLD, SubjectKind.THING
_B, _I, _M, _D, _C, _X = (
    ValueType.BOOL,
    ValueType.INT,
    ValueType.MONEY,
    ValueType.DATE,
    ValueType.CODE,
    ValueType.TEXT,
)
_F, _IN, _HE, _J = Sensitivity.FAMILY, Sensitivity.INCOME, Sensitivity.HEALTH, Sensitivity.JUSTICE

_ATTRIBUTES = (
    Attribute("sex", _P, _C, "性别", codes=codes_of.SEX),
    Attribute("birth_date", _P, _D, "出生日期"),
    Attribute("dead", _P, _B, "已去世"),
    Attribute("death_date", _P, _D, "去世日期"),
    Attribute("burial_kind", _P, _C, "安葬方式", _F, codes_of.BURIAL),
    Attribute("relation", _P, _C, "与户主关系", codes=codes_of.RELATION),
    Attribute("hukou_local", _P, _B, "本区户籍"),
    Attribute("hukou_division", _P, _X, "户籍所在区划", for_rules=False),
    Attribute("resident", _P, _B, "在本区居住"),
    Attribute("marital_status", _P, _C, "婚姻状况", _F, codes_of.MARITAL),
    Attribute("education", _P, _C, "文化程度", codes=codes_of.EDUCATION, for_rules=False),
    Attribute("employment_status", _P, _C, "就业状态", codes=codes_of.EMPLOYMENT),
    Attribute("full_time_student", _P, _B, "全日制在读（本科及以下）"),
    Attribute("school_stage", _P, _C, "就学阶段", codes=codes_of.SCHOOL),
    Attribute("work_refusals", _P, _I, "连续无正当理由拒绝工作的次数", _F),
    Attribute("in_custody", _P, _B, "服刑或强制隔离戒毒", _J),
    Attribute("declared_missing", _P, _B, "被宣告失踪", _J),
    Attribute("clergy_living_apart_years", _P, _I, "宗教教职人员离家年数", _F),
    Attribute("wage_income", _P, _M, "工资性收入（年）", _IN),
    Attribute("business_income", _P, _M, "经营净收入（年）", _IN),
    Attribute("property_income", _P, _M, "财产净收入（年）", _IN),
    Attribute("transfer_income", _P, _M, "转移净收入（年）", _IN),
    Attribute("other_income", _P, _M, "其他收入（年）", _IN),
    Attribute("exempt_income", _P, _M, "不计入的收入（年）", _IN),
    Attribute("basic_pension", _P, _M, "基础养老金（年）", _IN),
    Attribute("employment_cost", _P, _M, "就业成本（年）", _IN),
    Attribute("kin_support", _P, _M, "兄弟姐妹或六十岁以上父母给的供养费（年）", _IN),
    Attribute("disability_kind", _P, _C, "残疾类别", _HE, codes_of.DISABILITY),
    Attribute("disability_grade", _P, _I, "残疾等级（1 最重，0 无）", _HE),
    Attribute("severe_illness", _P, _B, "重特大疾病", _HE),
    Attribute("needs_long_term_care", _P, _B, "需要长期照护", _HE),
    Attribute("ability_level", _P, _C, "老年人能力等级（GB/T 42195）", _HE, codes_of.ABILITY),
    Attribute("self_care_items_failed", _P, _I, "六项自理中做不到的项数", _HE),
    Attribute("resident_insured", _P, _B, "参加城乡居民医保"),
    Attribute("home_care_bill", _P, _M, "居家和社区养老服务账单（月）", _HE),
    Attribute("institution_bill", _P, _M, "养老机构账单（月）", _HE),
    Attribute("home_adapted", _P, _B, "家里做过适老化改造"),
    Attribute("capable_supporter", _P, _B, "有法定赡养、抚养、扶养人", _F),
    Attribute("supporter_condition", _P, _C, "法定义务人的情况", _F, codes_of.SUPPORTER),
    Attribute("supporter_income", _P, _M, "法定义务人的收入（年）", _IN),
    Attribute("supporter_property_within_limits", _P, _B, "法定义务人的财产符合规定", _IN),
    Attribute("left_assistance_for_work", _P, _B, "因就业退出低保", _IN),
    Attribute("left_assistance_on", _P, _D, "退出低保的日期", _IN),
    Attribute("assistance_before_exit", _P, _M, "退出前本人那一份低保金（月）", _IN),
    Attribute("emergency_kind", _P, _C, "遇到的急难", _HE, codes_of.EMERGENCY),
    Attribute("emergency_severity", _P, _C, "困难程度", _HE, codes_of.SEVERITY),
    Attribute("emergency_date", _P, _D, "急难发生的日期", _HE),
    Attribute("temporary_aid_received", _P, _M, "今年已领的临时救助", _IN),
    Attribute("father_status", _P, _C, "父亲情况", _F, codes_of.PARENT_STATUS),
    Attribute("mother_status", _P, _C, "母亲情况", _F, codes_of.PARENT_STATUS),
    Attribute("in_welfare_institution", _P, _B, "在福利机构集中养育", _F),
    *(Attribute(name, _P, _I, label, _HE, in_population=False) for name, label in codes_of.SCORES.items()),
    Attribute("dementia", _P, _B, "确诊痴呆", _HE, in_population=False),
    Attribute("mental_disorder", _P, _B, "确诊其他精神和行为障碍", _HE, in_population=False),
    Attribute("care_risk_events", _P, _I, "近30天照护风险事件次数", _HE, in_population=False),
    Attribute("financial_assets", _H, _M, "金融资产", _IN),
    Attribute("vehicles", _H, _I, "机动车数", _IN),
    Attribute("dwellings_owned", _H, _I, "名下住房套数", _IN),
    Attribute("business_registered", _H, _B, "有经营主体登记", _IN),
    Attribute("medical_spending", _H, _M, "自负医疗支出（年）", _HE),
    Attribute("education_spending", _H, _M, "自负教育支出（年）", _IN),
    Attribute("rehabilitation_spending", _H, _M, "残疾康复支出（年）", _HE),
    Attribute("condition", _T, _X, "现状"),
    Attribute("in_use", _T, _B, "在使用"),
    Attribute("checked_date", _T, _D, "最近检查日期"),
)
ATTRIBUTES: Mapping[str, Attribute] = {attribute.name: attribute for attribute in _ATTRIBUTES}
# Held on the person's row or on the membership, not in statements of the bulk load; a statement may still overrule.
ON_THE_PERSON = ("sex", "birth_date")
ON_THE_MEMBERSHIP = ("relation",)


@dataclass(frozen=True)
class Register:
    """A complete register: it lists everybody to whom something applies; who is not in it has `absent_value`."""

    source: str
    attribute: str
    absent_value: Value


REGISTERS = (
    Register("police", "dead", False),
    Register("federation", "disability_kind", "none"),
    Register("federation", "disability_grade", 0),
    Register("justice", "in_custody", False),
    Register("courts", "declared_missing", False),
    Register("welfare", "in_welfare_institution", False),
    Register("medical_insurance", "severe_illness", False),
    Register("education", "full_time_student", False),
    Register("religion", "clergy_living_apart_years", 0),
    Register("health", "needs_long_term_care", False),
    Register("health", "self_care_items_failed", 0),
    Register("education", "school_stage", "none"),
    Register("hrss", "work_refusals", 0),
    Register("hrss", "kin_support", 0),
    Register("medical_insurance", "resident_insured", False),
    Register("health", "home_care_bill", 0),
    Register("health", "institution_bill", 0),
    Register("welfare", "home_adapted", False),
    Register("welfare", "burial_kind", "undecided"),
    Register("welfare", "supporter_condition", "ordinary"),
    Register("welfare", "supporter_income", 0),
    Register("welfare", "supporter_property_within_limits", True),
    Register("welfare", "left_assistance_for_work", False),
    Register("welfare", "assistance_before_exit", 0),
    Register("welfare", "emergency_kind", "none"),
    Register("welfare", "emergency_severity", "none"),
    Register("welfare", "temporary_aid_received", 0),
    Register("welfare", "capable_supporter", True),  # the roll of people without anybody who owes and can give support
)

# Which source supplies which facts when a district is loaded; one statement per source and subject.
LOADED_FROM: Mapping[str, tuple[str, ...]] = {
    "police": ("dead", "death_date", "hukou_local", "hukou_division", "resident", "marital_status", "education"),
    "hrss": (
        "employment_status",
        "wage_income",
        "business_income",
        "property_income",
        "transfer_income",
        "other_income",
        "exempt_income",
        "basic_pension",
        "employment_cost",
        "work_refusals",
        "kin_support",
    ),
    "federation": ("disability_kind", "disability_grade"),
    "education": ("full_time_student", "school_stage"),
    "medical_insurance": ("severe_illness", "resident_insured"),
    "health": (
        "needs_long_term_care",
        "ability_level",
        "self_care_items_failed",
        "home_care_bill",
        "institution_bill",
    ),
    "justice": ("in_custody",),
    "courts": ("declared_missing",),
    "religion": ("clergy_living_apart_years",),
    "welfare": (
        "capable_supporter",
        "supporter_condition",
        "supporter_income",
        "supporter_property_within_limits",
        "father_status",
        "mother_status",
        "in_welfare_institution",
        "left_assistance_for_work",
        "left_assistance_on",
        "assistance_before_exit",
        "emergency_kind",
        "emergency_severity",
        "emergency_date",
        "temporary_aid_received",
        "home_adapted",
        "burial_kind",
    ),
    "economic_check": (
        "financial_assets",
        "vehicles",
        "dwellings_owned",
        "business_registered",
        "medical_spending",
        "education_spending",
        "rehabilitation_spending",
    ),
}


class UnableToReadValue(ValueError):
    """A value does not fit its attribute: says which and what is expected."""


def stored_value(attribute: str, value: object) -> bool | int | str | None:
    """This function will return a value as it is stored in JSON: days as ISO text, money as fen; None is "not known".

    Raises UnableToReadValue for an unknown attribute, a wrong type, or a code that is not in the list.
    """
    known = ATTRIBUTES.get(attribute)
    if known is None:
        raise UnableToReadValue(f"登记库里没有“{attribute}”这一项。请从项目表中选择。")
    if value is None:
        return None
    wrong = UnableToReadValue(f"“{known.label}”的值“{value}”不合要求。")
    if known.type is ValueType.BOOL:
        if isinstance(value, bool):
            return value
        raise wrong
    if known.type in (ValueType.INT, ValueType.MONEY):
        if isinstance(value, int) and not isinstance(value, bool):
            if not (known.name in MAY_BE_NEGATIVE or value >= 0):
                raise UnableToReadValue(f"“{known.label}”不能是负数。")
            return value
        raise wrong
    if known.type is ValueType.DATE:
        if isinstance(value, date):
            return value.isoformat()
        raise wrong
    if not isinstance(value, str) or (known.type is ValueType.CODE and value not in known.codes):
        raise wrong
    return value


MAY_BE_NEGATIVE = frozenset({"business_income"})


def read_value(attribute: str, stored: object) -> Value:
    """This function will return the Python value of what is stored in JSON."""
    if isinstance(stored, str) and ATTRIBUTES[attribute].type is ValueType.DATE:
        return date.fromisoformat(stored)
    return stored if isinstance(stored, bool | int | str) else None


def spoken_value(attribute: str, value: Value) -> str:
    """This function will write a value in words for staff; unknown is 不详, never 0 or 否."""
    known = ATTRIBUTES[attribute]
    if value is None:
        return "不详"
    if isinstance(value, bool):
        return "是" if value else "否"
    if known.type is ValueType.MONEY and isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100:,}.{abs(value) % 100:02d} 元"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return known.codes.get(str(value), str(value))
