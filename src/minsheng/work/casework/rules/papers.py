"""Which source of the data check gives which facts, and so which papers nobody may be asked for (社会救助法 Art 62)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckSource:
    """One department behind the economic check: what it can be asked, of persons and of the household.

    `speaks_as` is the source under which the registry keeps its answer; `absent` is what silence of a complete
    register means. Where nothing stands there, silence leaves the fact unknown.
    """

    code: str
    label: str
    speaks_as: str
    of_persons: tuple[str, ...]
    of_household: tuple[str, ...]
    absent: Mapping[str, bool | int | str] = field(default_factory=dict)


_SOURCES = (
    CheckSource("police", "户籍（公安）", "police", ("hukou_local", "marital_status"), ()),
    CheckSource("hrss", "社会保险（人社）", "hrss", ("employment_status", "transfer_income", "wage_income"), ()),
    CheckSource("housing_fund", "住房公积金", "economic_check", ("wage_income",), ()),
    CheckSource("real_estate", "不动产登记", "economic_check", (), ("dwellings_owned",), {"dwellings_owned": 0}),
    CheckSource("vehicles", "机动车登记", "economic_check", (), ("vehicles",), {"vehicles": 0}),
    CheckSource("deposits", "存款、证券、商业保险", "economic_check", (), ("financial_assets",)),
    CheckSource("payment_institutions", "非银行支付机构", "economic_check", (), ("financial_assets",)),
    CheckSource(
        "market_entities",
        "市场主体登记",
        "economic_check",
        (),
        ("business_registered",),
        {"business_registered": False},
    ),
    CheckSource(
        "medical_insurance", "医保结算", "medical_insurance", ("severe_illness",), (), {"severe_illness": False}
    ),
    CheckSource(
        "federation",
        "残疾人证（残联）",
        "federation",
        ("disability_kind", "disability_grade"),
        (),
        {"disability_kind": "none", "disability_grade": 0},
    ),
    CheckSource("justice", "司法行政", "justice", ("in_custody",), (), {"in_custody": False}),
    CheckSource("courts", "法院", "courts", ("declared_missing",), (), {"declared_missing": False}),
)
CHECK_SOURCES: Mapping[str, CheckSource] = {source.code: source for source in _SOURCES}
AUXILIARY = "水、电、燃气、通信、收费学校、出境等只作辅助判断，不单独作为依据（57号第十七条）"


@dataclass(frozen=True)
class Paper:
    """One paper that an office might ask for; `given_by` names the source that makes asking unlawful."""

    code: str
    label: str
    given_by: str | None


_PAPERS = (
    Paper("hukou_booklet", "户口簿", "police"),
    Paper("marriage_certificate", "婚姻状况证明", "police"),
    Paper("income_certificate", "收入证明", "hrss"),
    Paper("unemployment_certificate", "失业证明", "hrss"),
    Paper("property_certificate", "房产证明", "real_estate"),
    Paper("vehicle_certificate", "车辆证明", "vehicles"),
    Paper("bank_statement", "银行流水、存款证明", "deposits"),
    Paper("business_certificate", "营业执照情况证明", "market_entities"),
    Paper("disability_certificate", "残疾人证复印件", "federation"),
    Paper("medical_settlement", "医保结算单", "medical_insurance"),
    Paper("signature", "申请书上的本人签名", None),
    Paper("authorisation", "核对授权书上的家庭成员签名", None),
    Paper("support_agreement", "赡养、抚养协议或调解书", None),
    Paper("tenancy_agreement", "租房合同", None),
    Paper("self_paid_bills", "没有进医保结算的自费票据", None),
    Paper("custody_agreement", "代为保管存折、银行卡的书面协议", None),
    Paper("other_statement", "情况说明", None),
)
PAPERS: Mapping[str, Paper] = {paper.code: paper for paper in _PAPERS}


def may_not_be_asked(code: str) -> str | None:
    """This function will return why a paper may not be asked for, or None where it may."""
    paper = PAPERS[code]
    if paper.given_by is None:
        return None
    source = CHECK_SOURCES[paper.given_by].label
    return f"“{paper.label}”不能向申请人要：{source}核对就能查到（社会救助法第六十二条、57号第十条）。请提请信息核对。"
