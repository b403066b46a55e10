"""The published tables the district is fitted to, read from the package's own `data/` (see data/SOURCES.md)."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from twin.quotas import Bools, Floats, Ints, rake, tilt_to_mean

AGE_STARTS = np.array([0, 1, *range(5, 101, 5)])
"""Lower edges of the 22 age groups of the census: 0, 1–4, 5–9 … 95–99, 100 and over."""

SEXES = ("male", "female")
MARITAL = ("never_married", "married", "divorced", "widowed")
MARITAL_ZH = ("未婚", "有配偶", "离婚", "丧偶")
EDUCATION = ("none", "primary", "junior", "senior", "college", "bachelor", "graduate")
EDUCATION_ZH = ("未上过学", "小学", "初中", "高中", "大学专科", "大学本科", "研究生")
DISABILITY = ("vision", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
DISABILITY_ZH = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
HUKOU_BANDS = (("0-17", 0, 18), ("18-34", 18, 35), ("35-59", 35, 60), ("60+", 60, 200))


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """This function will read one packaged CSV as rows of text."""
    text = files("twin").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def fact(area: str, date: str, item: str) -> tuple[float, ...]:
    """This function will return the numbers of one row of facts.csv ('27.3/26.3/…' gives several)."""
    for row in table("facts"):
        if (row["area"], row["date"], row["item"]) == (area, date, item):
            return tuple(float(part) for part in row["value"].split("/"))
    raise KeyError(f"facts.csv has no row {area} {date} {item}")


def hangzhou(item: str) -> float:
    """This function will return one figure of the seventh census for Hangzhou."""
    return fact("杭州市", "2020-11-01", item)[0]


@cache
def age_sex_shares() -> Floats:
    """This function will return the target share of each (age group, sex) cell, shape (22, 2), sum 1.

    Zhejiang's city table of the 2020 census gives the shape; it is raked to Hangzhou's published age bands
    (0–14, 15–59, 60–64, 65+; 60+ = 16.87 %) and sex ratio. Shangcheng's own age table was not found.
    """
    seed = np.array([[float(r["male"]), float(r["female"])] for r in table("age_sex_zhejiang_city_2020")])
    band = np.digitize(AGE_STARTS, [15, 60, 65])
    elders, oldest = hangzhou("60岁及以上"), hangzhou("65岁及以上")
    bands = np.array([hangzhou("0-14岁"), hangzhou("15-59岁"), elders - oldest, oldest])
    men = hangzhou("男性") / hangzhou("常住人口")
    bands /= bands.sum()
    for _ in range(200):
        sums = np.array([seed[band == b].sum() for b in range(4)])
        seed *= (bands / sums)[band][:, None]
        seed *= np.array([men, 1 - men]) / seed.sum(axis=0)
    return np.asarray(seed / seed.sum())


@cache
def single_age_shares() -> Floats:
    """This function will return how each age group splits into single years: shape (106, 2), each group sums to 1.

    National city table by single age; 100 and over is spread over 100–105 (own assumption: halving each year).
    """
    weight = np.zeros((106, 2))
    for row in table("single_age_city_national_2020"):
        weight[int(row["age"])] = float(row["pop_m"]), float(row["pop_f"])
    weight[100:106] = (0.5 ** np.arange(6))[:, None]
    group = age_group(np.arange(106))
    for g in range(len(AGE_STARTS)):
        weight[group == g] /= weight[group == g].sum(axis=0)
    return weight


def age_group(age: Ints) -> Ints:
    """This function will return the census age group (0 … 21) of each age in completed years."""
    return np.asarray(np.searchsorted(AGE_STARTS, age, side="right") - 1)


def within_band(low: int, high: int) -> Bools:
    """This function will say which census age groups begin at or after `low` and before `high`."""
    return np.asarray(np.logical_and(low <= AGE_STARTS, np.less(AGE_STARTS, high)))


@cache
def household_size_shares() -> Floats:
    """This function will return the target shares of family households of 1 … 7+ persons.

    Fujian's table (Zhejiang's was not found) bent to Hangzhou's mean of 2.36 persons; 7+ counts as 7.
    """
    proxy = np.array(fact("福建省", "2020-11-01", "家庭户规模构成 1/2/3/4/5/6/7+人户"))
    return tilt_to_mean(proxy / proxy.sum(), np.arange(1.0, 8.0), hangzhou("平均家庭户规模"))


def collective_share() -> float:
    """This function will return the share of residents who live in collective households (Hangzhou 2020)."""
    return hangzhou("集体户人口") / (hangzhou("集体户人口") + hangzhou("家庭户人口"))


@cache
def marital_shares() -> Floats:
    """This function will return shares of persons of 15 and over by marital status within each sex, shape (2, 4)."""
    rows = {r["status"]: r for r in table("marital_zhejiang_city_2020")}
    counts = np.array([[float(rows[s][sex]) for s in MARITAL_ZH] for sex in SEXES])
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


@cache
def education_shares() -> Floats:
    """This function will return shares of persons of 3 and over by schooling within each sex, shape (2, 7)."""
    rows = {r["education"]: r for r in table("education_zhejiang_city_2020")}
    counts = np.array([[float(rows[e][sex]) for e in EDUCATION_ZH] for sex in SEXES])
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


@cache
def death_shares() -> Floats:
    """This function will return the shares of a year's deaths by (age group, sex), shape (22, 2)."""
    counts = np.array([[float(r["male"]), float(r["female"])] for r in table("deaths_zhejiang_city_2020")])
    return np.asarray(counts / counts.sum())


@cache
def death_month_shares() -> Floats:
    """This function will return the shares of a year's deaths by calendar month, January first."""
    counts = np.zeros(12)
    for row in table("deaths_by_month_zhejiang_city_2020"):
        counts[int(row["month"]) - 1] = float(row["total"])
    return np.asarray(counts / counts.sum())


def death_rate() -> float:
    """This function will return deaths per registered person and year in Shangcheng (2022: 6 034 of 882 797)."""
    return fact("上城区", "2022", "年出生/死亡")[1] / fact("上城区", "2022-12-31", "户籍人口")[0]


def hukou_per_resident() -> float:
    """This function will return registered persons per resident in Shangcheng, end of 2022 (88.28 of 137.1 万)."""
    return fact("上城区", "2022-12-31", "户籍人口")[0] / fact("上城区", "2022-12-31", "常住人口")[0]


@cache
def hukou_shares() -> Floats:
    """This function will return the shares of Shangcheng's registered persons by (age band, sex), shape (4, 2).

    Age bands: 浙江统计年鉴2023; men 43.19 of 88.28 万 (same yearbook); joined by raking.
    """
    items = ("户籍0-17岁", "户籍18-34岁", "户籍35-59岁", "户籍60岁以上")
    bands = np.array([fact("上城区", "2022-12-31", item)[0] for item in items])
    bands /= bands.sum()
    men = HUKOU_MEN / HUKOU_TOTAL
    shares = age_sex_shares()
    seed = np.array([shares[within_band(low, high)].sum(axis=0) for _, low, high in HUKOU_BANDS])
    return rake(np.maximum(seed, 1e-9), bands, np.array([men, 1 - men]))


HUKOU_TOTAL, HUKOU_MEN = 88.2797, 43.1886
"""万 persons, 浙江统计年鉴2023 (the men stand in the note column of facts.csv)."""

DISABILITY_RATE = 0.0634
"""全国第二次残疾人抽样调查 2006: 82.96 million, 6.34 % of the population."""

SEVERE_SHARE = 0.2949
"""Grades 1–2 among disabled persons, the same survey."""


def disability_kind_shares() -> Floats:
    """This function will return the shares of the seven kinds of disability (sum 1)."""
    shares = np.array(fact("全国", "2006-04-01", "残疾类别占比 视力/听力/言语/肢体/智力/精神/多重"))
    return np.asarray(shares / shares.sum())


@cache
def communities() -> tuple[dict[str, str], ...]:
    """This function will return the 203 communities of the district in code order."""
    return tuple(sorted(table("shangcheng_communities"), key=lambda row: row["code"]))
