"""What of the registry can be counted by area: people, households, organisations."""

from minsheng.foundation.access.measures import Measure

# Valid dates are in the rows, so any past day can be told since the registry knows its first member.
_SINCE = "SELECT min(valid_from) FROM registry_membership"
_RESIDENTS = """
    SELECT m.area_id, m.household_id, m.person_id, NULL::bigint AS amount, NULL::text AS label
    FROM registry_membership m JOIN registry_person p ON p.id = m.person_id AND p.merged_into_id IS NULL
    WHERE m.kind = 'residence' AND m.valid_from <= %(on)s AND (m.valid_to IS NULL OR m.valid_to > %(on)s)
"""
_ORGANISATIONS = """
    SELECT area_id, NULL::bigint AS household_id, NULL::bigint AS person_id, places::bigint AS amount, name AS label
    FROM registry_organisation WHERE (founded_date IS NULL OR founded_date <= %(on)s) AND kind IN ({kinds})
"""
_FOUNDED = "SELECT coalesce(min(founded_date), DATE '1900-01-01') FROM registry_organisation HAVING count(*) > 0"


def _aged(years: int) -> str:
    return f"{_RESIDENTS} AND p.birth_date <= %(on)s::date - interval '{years} years'"


def _organisations(*kinds: str) -> str:
    return _ORGANISATIONS.format(kinds=", ".join(f"'{kind}'" for kind in kinds))


_BEDS = "coalesce(sum(amount), 0)"
MEASURES: tuple[Measure, ...] = (
    Measure("registry.residents", "住在本区的人", "registry.view_person", _RESIDENTS, _SINCE),
    Measure("registry.aged_60", "住在本区、满 60 岁的人", "registry.view_person", _aged(60), _SINCE),
    Measure("registry.aged_80", "住在本区、满 80 岁的人", "registry.view_person", _aged(80), _SINCE),
    Measure(
        "registry.nursing_homes", "养老机构", "registry.search", _organisations("nursing_home"), _FOUNDED, unit="家"
    ),
    Measure(
        "registry.nursing_beds",
        "养老机构的床位",
        "registry.search",
        _organisations("nursing_home"),
        _FOUNDED,
        _BEDS,
        unit="张",
    ),
    Measure(
        "registry.day_care_centres",
        "社区居家养老照料中心",
        "registry.search",
        _organisations("day_care_centre"),
        _FOUNDED,
        unit="家",
    ),
    Measure(
        "registry.canteens", "老年食堂（助餐点）", "registry.search", _organisations("canteen"), _FOUNDED, unit="家"
    ),
    Measure(
        "registry.social_organisations",
        "登记的社会组织（社会团体、民办非企业单位、基金会）",
        "registry.search",
        _organisations("association", "social_service", "foundation"),
        _FOUNDED,
        unit="家",
    ),
)
