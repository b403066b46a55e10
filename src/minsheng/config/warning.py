"""Early warning measured on a synthetic year: the district of the demo's generator, struck by invented shocks."""

import json
from datetime import date

import twin
from minsheng.work.visits.simulation import World, report, shuffled, world_of
from minsheng.work.visits.weights import weights_on
from twin.shocks import strike

START = date(2026, 1, 1)
PERMILLE_VISITED = 20  # of the households, a month, unless said otherwise
WORDS = {
    "score": "按预警分和星级",
    "equal_weights": "每条理由都算一样",
    "any_signal": "哪条记录新先去哪家",
    "law_triggers": "只看重病、残疾、就学、失业",
    "only_medical_bill": "只看大额医疗支出",
    "only_job_lost": "只看失业",
    "only_utility_unpaid": "只看欠费",
    "only_disability_certified": "只看新评残疾",
    "random": "随机走访",
}


def simulated_world(*, people: int, months: int, seed: int, coupled: bool = True) -> World:
    """This function will make a district of `people` and let a year of shocks pass over it."""
    district = twin.generate(people=people, seed=seed, as_of=START)
    shocks = strike(district, months=months, seed=seed, start=START, coupled=coupled)
    return world_of(
        people=district.people,
        household_ids=shocks.household_ids.to_pylist(),
        needs=shocks.needs,
        signals=shocks.signals,
        start=START,
        months=months,
    )


def print_simulation(*, people: int, months: int, visits: int | None, seed: int, shuffle: bool, coupled: bool) -> int:
    """This function will print who is found by which way of choosing, and one JSON line last."""
    world = simulated_world(people=people, months=months, seed=seed, coupled=coupled)
    if shuffle:
        world = shuffled(world, seed=seed)
    each = visits or max(1, len(world.states) * PERMILLE_VISITED // 1000)
    line = report(world, weights=weights_on(START), visits=each, seed=seed)
    found = line["found_permille"]
    assert isinstance(found, dict)
    print(f"{len(world.states):,} 户，{months} 个月，每月走访 {each:,} 次，{line['in_need']:,} 户遇到难处。")
    print("本人开口以前就找到的：")
    for name, permille in found.items():
        print(f"  {WORDS[name]}　{'—' if permille is None else f'{permille // 10}.{permille % 10}%'}")
    print("以上全部为虚拟数据，只说明方法，不是本区的效果。")
    print(json.dumps({"people": people, "shuffled": shuffle, "coupled": coupled, **line}, ensure_ascii=False))
    return 0
