"""How far the generated district lies from the published margins: every cell with its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.quotas import Bools, Column, Floats, Ints
from twin.sources import (
    DISABILITY_RATE,
    DISABILITY_ZH,
    EDUCATION_ZH,
    HUKOU_BANDS,
    HUKOU_MEN,
    HUKOU_TOTAL,
    MARITAL_ZH,
    SEVERE_SHARE,
    age_group,
    age_sex_shares,
    collective_share,
    death_rate,
    death_shares,
    disability_kind_shares,
    education_shares,
    fact,
    hangzhou,
    household_size_shares,
    hukou_per_resident,
    hukou_shares,
    marital_shares,
    table,
    within_band,
)
from twin.types import District

CENSUS = "中国人口普查年鉴2020，浙江 · 城市"
BULLETIN = "杭州市第七次全国人口普查公报"
YEARBOOK = "浙江统计年鉴2023，上城区 2022 年末户籍"
SURVEY = "第二次全国残疾人抽样调查（2006）"
_SEX_ZH = ("男", "女")
_HEADINGS = "| cell | source value | target % | generated % | error pp | source |"


@dataclass(frozen=True)
class CalibrationRow:
    """One cell of one margin. Shares are fractions of 1; `error` is in percentage points (generated − target)."""

    margin: str
    cell: str
    source_value: str
    target_share: float
    generated_share: float
    source: str

    @property
    def error(self) -> float:
        """Percentage points by which the district lies above (+) or below (−) the target."""
        return (self.generated_share - self.target_share) * 100


@dataclass(frozen=True)
class CalibrationReport:
    """All cells of all margins of one district."""

    rows: tuple[CalibrationRow, ...]

    @property
    def worst(self) -> CalibrationRow:
        """The cell farthest from its target."""
        return max(self.rows, key=lambda row: abs(row.error))

    def outside(self, tolerance: float = 1.0) -> tuple[CalibrationRow, ...]:
        """This function will return the cells farther from their targets than `tolerance` percentage points."""
        return tuple(row for row in self.rows if not abs(row.error) <= tolerance)

    def to_markdown(self) -> str:
        """This function will write the report as one table per margin, with the worst cell on top."""
        worst = self.worst
        lines = [
            f"{len(self.rows)} cells; {len(self.outside())} farther than 1 percentage point from the target. "
            f"Worst: {worst.margin} · {worst.cell}, {worst.error:+.3f} pp.",
        ]
        margin = ""
        for row in self.rows:
            if row.margin != margin:
                margin = row.margin
                lines += ["", f"### {margin}", "", _HEADINGS]
                lines.append("|---|---:|---:|---:|---:|---|")
            lines.append(
                f"| {row.cell} | {row.source_value} | {100 * row.target_share:.3f} | {100 * row.generated_share:.3f} "
                f"| {row.error:+.3f} | {row.source} |"
            )
        return "\n".join(lines) + "\n"


def calibrate(district: District) -> CalibrationReport:
    """This function will compare the district with every published margin. Stories are left out of the count."""
    return CalibrationReport(tuple(_Margins(district).rows()))


class _Margins:
    def __init__(self, district: District) -> None:
        people = district.people.filter(pc.greater(district.people["household_id"], len(district.story_ids)))
        self.column = {name: people[name] for name in people.column_names}
        self.homes = district.households
        self.sex = self._codes("sex")
        self.age = self._ages(np.datetime64(district.as_of, "D"))
        self.dead = self._truth("dead")
        self.here = self._truth("resident") & ~self.dead
        self.local = self._truth("hukou_local") & ~self.dead

    def _codes(self, name: str) -> Ints:
        """Positions in the library's own code list, -1 for unknown, whatever order the dictionary has."""
        from twin.tables import CODES

        chunk = self.column[name].combine_chunks()
        chunk = chunk.dictionary_decode() if pa.types.is_dictionary(chunk.type) else chunk
        found = pc.index_in(chunk, pa.array(CODES[name]))
        return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)

    def _truth(self, name: str) -> Bools:
        return np.asarray(pc.fill_null(self.column[name], False).to_numpy(zero_copy_only=False), dtype=bool)

    def _ages(self, as_of: np.datetime64) -> Ints:
        birth = self.column["birth_date"].to_numpy().astype("datetime64[D]")
        month = birth.astype("datetime64[M]")
        late = as_of - as_of.astype("datetime64[M]") < birth - month
        months = (as_of.astype("datetime64[M]") - month).astype(np.int64) - late
        return np.asarray(months // 12)

    def rows(self) -> Iterator[CalibrationRow]:
        yield from self._age_and_sex()
        yield from self._households()
        yield from self._status("marital_status", "婚姻状况（15 岁及以上，按性别）", 15, marital_shares(), MARITAL_ZH)
        yield from self._status("education", "受教育程度（3 岁及以上，按性别）", 3, education_shares(), EDUCATION_ZH)
        yield from self._disability()
        yield from self._registered()
        yield from self._deaths()

    def _age_and_sex(self) -> Iterator[CalibrationRow]:
        n = int(self.here.sum())
        group = age_group(self.age)
        source = {r["age"]: r for r in table("age_sex_zhejiang_city_2020")}
        note = f"{CENSUS}，按{BULLETIN}年龄段与性别加权"
        for g, label in enumerate(source):
            for s in (0, 1):
                share = float((self.here & (group == g) & (self.sex == s)).sum()) / n
                value = source[label]["male" if s == 0 else "female"]
                yield CalibrationRow(
                    "年龄 × 性别", f"{label} {_SEX_ZH[s]}", value, float(age_sex_shares()[g, s]), share, note
                )
        total = hangzhou("常住人口")
        for label, item, low, high in (
            ("0–14 岁", "0-14岁", 0, 15),
            ("15–59 岁", "15-59岁", 15, 60),
            ("60 岁及以上", "60岁及以上", 60, 200),
            ("65 岁及以上", "65岁及以上", 65, 200),
        ):
            share = float((self.here & (self.age >= low) & (self.age < high)).sum()) / n
            yield CalibrationRow("年龄段", label, f"{hangzhou(item):.0f}", hangzhou(item) / total, share, BULLETIN)
        share = float((self.here & (self.sex == 0)).sum()) / n
        yield CalibrationRow("性别", "男", f"{hangzhou('男性'):.0f}", hangzhou("男性") / total, share, BULLETIN)

    def _households(self) -> Iterator[CalibrationRow]:
        kind = self.homes["household_kind"].combine_chunks().dictionary_decode()
        household = self.column["household_id"].to_numpy()
        family = np.zeros(int(pc.max(self.homes["household_id"]).as_py()) + 1, dtype=bool)
        ids = self.homes["household_id"].to_numpy()
        family[ids] = pc.equal(kind, "family").to_numpy(zero_copy_only=False)
        collective = np.zeros_like(family)
        collective[ids] = pc.equal(kind, "collective").to_numpy(zero_copy_only=False)
        size = np.bincount(household[self.here], minlength=len(family))
        sizes = np.bincount(np.minimum(size[family & (size > 0)], 7), minlength=8)[1:]
        proxy = fact("福建省", "2020-11-01", "家庭户规模构成 1/2/3/4/5/6/7+人户")
        note = f"福建统计年鉴2021 3-6（七普，代用），按{BULLETIN}户均 2.36 人加权"
        for k, target in enumerate(household_size_shares()):
            label = f"{k + 1} 人户" if k < 6 else "7 人及以上户"
            yield CalibrationRow("家庭户规模", label, f"{proxy[k]}%", float(target), sizes[k] / sizes.sum(), note)
        share = float(size[collective].sum()) / float(size.sum())
        value = f"{hangzhou('集体户人口'):.0f}"
        yield CalibrationRow("户别", "集体户人口", value, collective_share(), share, BULLETIN)

    def _status(
        self, name: str, margin: str, low: int, target: Floats, labels: tuple[str, ...]
    ) -> Iterator[CalibrationRow]:
        code = self._codes(name)
        file = "marital_zhejiang_city_2020" if name == "marital_status" else "education_zhejiang_city_2020"
        source = {r["status" if name == "marital_status" else "education"]: r for r in table(file)}
        for s in (0, 1):
            base = self.here & (self.age >= low) & (self.sex == s)
            for c, label in enumerate(labels):
                share = float((base & (code == c)).sum()) / float(base.sum())
                value = source[label]["male" if s == 0 else "female"]
                yield CalibrationRow(margin, f"{_SEX_ZH[s]} {label}", value, float(target[s, c]), share, CENSUS)

    def _disability(self) -> Iterator[CalibrationRow]:
        kind = self._codes("disability_kind")
        disabled = self.here & (kind > 0)
        share = float(disabled.sum()) / float(self.here.sum())
        yield CalibrationRow("残疾", "残疾人占总人口", "6.34%", DISABILITY_RATE, share, SURVEY)
        values = fact("全国", "2006-04-01", "残疾类别占比 视力/听力/言语/肢体/智力/精神/多重")
        for k, target in enumerate(disability_kind_shares()):
            share = float((disabled & (kind == k + 1)).sum()) / float(disabled.sum())
            margin, label = "残疾类别（占残疾人）", DISABILITY_ZH[k]
            yield CalibrationRow(margin, label, f"{values[k]}%", float(target), share, SURVEY)
        grade = pc.fill_null(self.column["disability_grade"], -1).to_numpy()
        graded = disabled & (grade > 0)
        share = float((graded & (grade <= 2)).sum()) / float(graded.sum())
        source = "Zheng et al. 2008（第二次全国残疾人抽样调查）"
        yield CalibrationRow("残疾等级（占残疾人）", "一、二级", "29.49%", SEVERE_SHARE, share, source)

    def _registered(self) -> Iterator[CalibrationRow]:
        total = float(self.local.sum())
        share = total / float(self.here.sum())
        yield CalibrationRow("户籍", "户籍人口 ÷ 常住人口", "88.28 ÷ 137.1 万", hukou_per_resident(), share, YEARBOOK)
        share = float((self.local & (self.sex == 0)).sum()) / total
        yield CalibrationRow("户籍", "男", "43.19 万", HUKOU_MEN / HUKOU_TOTAL, share, YEARBOOK)
        items = ("户籍0-17岁", "户籍18-34岁", "户籍35-59岁", "户籍60岁以上")
        for (label, low, high), item, target in zip(HUKOU_BANDS, items, hukou_shares().sum(axis=1), strict=True):
            share = float((self.local & (self.age >= low) & (self.age < high)).sum()) / total
            value = f"{fact('上城区', '2022-12-31', item)[0]} 万"
            yield CalibrationRow("户籍年龄段", f"{label} 岁", value, float(target), share, YEARBOOK)

    def _deaths(self) -> Iterator[CalibrationRow]:
        share = float(self.dead.sum()) / float(self.local.sum())
        source = "浙江统计年鉴2023，上城区 2022"
        yield CalibrationRow("死亡", "一年内死亡 ÷ 户籍人口", "0.6034 万", death_rate(), share, source)
        shares = death_shares()
        bands = (("0–39 岁", 0, 40), ("40–59 岁", 40, 60), ("60–79 岁", 60, 80), ("80 岁及以上", 80, 200))
        for label, low, high in bands:
            for s in (0, 1):
                mine = self._band(shares[:, s], low, high)
                share = float((self.dead & (self.age >= low) & (self.age < high) & (self.sex == s)).sum()) / max(
                    float(self.dead.sum()), 1.0
                )
                yield CalibrationRow("死亡人口构成", f"{label} {_SEX_ZH[s]}", f"{mine:.2%}", mine, share, CENSUS)

    @staticmethod
    def _band(column: Column, low: int, high: int) -> float:
        return float(column[within_band(low, high)].sum())
