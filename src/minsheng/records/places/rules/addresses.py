"""A Chinese address taken apart, so that it can be searched; nothing is guessed that the text does not say."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from minsheng.records.places.types import StandardAddress

_NUMERAL = r"[0-9一二三四五六七八九十百]+"
_PROVINCE = re.compile(r"^(北京市|天津市|上海市|重庆市|[^省市区县]{2,3}省|[^省市区县]{2,8}自治区)")
_CITY = re.compile(r"^([^省市区县街路号]{2,8}?(?:市|自治州|地区))(?!场)")
_COUNTY = re.compile(r"^([^省市区县街路号乡]{1,7}?(?:(?<![社小园片东南西北一二三四五六七八九十])区|县|(?<=[^城])市))")
_STREET = re.compile(r"^([^省市区县号]{1,10}?(?:街道(?:办事处)?|镇(?![江海]?路)|乡))")
_COMMUNITY = re.compile(r"^([^省市县号街路]{1,14}?社区|[^省市县号街路]{1,12}?(?:居委会|村委会|村民委员会|居民委员会))")
_ROAD = re.compile(
    rf"^([^0-9号幢栋室]{{1,14}}?(?:大道|大街|支路|路|街|巷|弄|胡同|里|直街|横街))"
    rf"(?={_NUMERAL}(?:[-之]\d+)?(?:号|弄)|$)"
)
_ROAD_ANY = re.compile(r"^([^0-9号幢栋室]{1,12}?(?:大道|大街|支路|路|街(?!道)|巷|弄|胡同))")
_NUMBER = re.compile(rf"^([甲乙丙丁]?{_NUMERAL}(?:[-之]\d+)?(?:号|弄))(?!楼|房|院?[0-9]*门洞)")
_ESTATE = re.compile(
    r"^([^0-9幢栋室]{1,14}?(?:小区|花园|公寓|新村|家园|嘉苑|新苑|名苑|雅苑|景苑|[东南西北中]苑|苑|大厦|广场|宿舍"
    r"|[东南西北中一二三四五六七八九十]区|名邸|府|庭|坊|园|里|村)(?:[东南西北中一二三四五六七八九十]区)?)(?=[0-9A-Za-z一二三四五六七八九十]|$)"
)
_BUILDING = re.compile(rf"^({_NUMERAL}|[A-Za-z]\d*|\d+[A-Za-z])(?:幢|栋|号楼|座|号(?=\d+单元|[一二三四五六]单元))")
_UNIT = re.compile(r"^([0-9一二三四五六七八九十甲乙丙丁A-Za-z]{1,3})单元")
_ROOM = re.compile(r"^([0-9]{1,5}[A-Za-z]?)(?:室|号房|房间|房)?$")
_DASHED = re.compile(r"^(\d{1,3})-(\d{1,2})-(\d{3,5})(?:室)?$|^(\d{1,3})-(\d{3,5})(?:室)?$")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True)
class KnownNames:
    """Names that are recognised before any pattern: those of the district, former ones included."""

    counties: Collection[str] = field(default_factory=frozenset)
    streets: Collection[str] = field(default_factory=frozenset)
    communities: Collection[str] = field(default_factory=frozenset)


def parse_address(text: str, known: KnownNames = KnownNames()) -> StandardAddress:
    """This function will split an address into its parts; a part the text does not name is None, the rest is kept.

    Full-width forms and blanks are evened out. Building, unit and room come without their words ("3幢" → "3"), in
    Arabic figures; 3-2-401 at the end is read as building, unit, room.
    """
    rest = re.sub(r"[\s,，、。;；()（）]+", "", unicodedata.normalize("NFKC", text))
    parts: dict[str, str | None] = {}

    def take(name: str, pattern: re.Pattern[str]) -> bool:
        nonlocal rest
        found = pattern.match(rest)
        if not found:
            return False
        parts[name], rest = found.group(1), rest[found.end() :]
        return True

    def take_known(name: str, names: Collection[str]) -> bool:
        nonlocal rest
        best = max((n for n in names if n and rest.startswith(n)), key=len, default="")
        if best:
            parts[name], rest = best, rest[len(best) :]
        return bool(best)

    take("province", _PROVINCE)
    take("city", _CITY)
    take_known("county", known.counties) or take("county", _COUNTY)
    if take_known("street", known.streets) or take("street", _STREET):
        rest = rest.removeprefix("办事处")
        parts["street"] = str(parts["street"]).removesuffix("办事处")
    take_known("community", known.communities) or take("community", _COMMUNITY)
    if take("road", _ROAD) or (not _ESTATE.match(rest) and take("road", _ROAD_ANY)):
        take("number", _NUMBER)
    take("estate", _ESTATE)
    if "number" not in parts and not _BUILDING.match(rest) and take("number", _NUMBER) and "estate" not in parts:
        take("estate", _ESTATE)
    if dashed := _DASHED.match(rest):
        building, unit, room, alone, room_alone = dashed.groups()
        parts |= {"building": building or alone, "unit": unit, "room": room or room_alone}
        rest = ""
    else:
        take("building", _BUILDING)
        take("unit", _UNIT)
        take("room", _ROOM)
    for name in ("building", "unit"):
        if value := parts.get(name):
            parts[name] = _arabic(value)
    return StandardAddress(**parts, rest=rest)


def _arabic(text: str) -> str:
    """Write 十二 as 12; anything that is not a plain numeral below one hundred stays as it is."""
    if not text or any(c not in _DIGITS and c != "十" for c in text):
        return text
    if "十" not in text:
        return "".join(str(_DIGITS[c]) for c in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return text
    return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0))
