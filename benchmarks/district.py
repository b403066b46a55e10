"""The whole district, 1,323,467 people, from an empty folder to ready."""

import json

from benchmarks.demo import measure


def main() -> None:
    """This function will measure the demo of the whole district."""
    print(json.dumps({"benchmark": "district"} | measure(1_323_467), ensure_ascii=False))
