"""The three pages that a stranger should open first."""

from pathlib import Path

from django.urls import reverse

from minsheng.config.demo.district import read_facts


def worth_opening(*, home: Path) -> list[tuple[str, str]]:
    """This function will return (what one sees, path) for the family of the worked example, the list and a policy."""
    story = read_facts(folder=home / "twin")["story_ids"]["lin_azhen"]
    family = reverse("eligibility:explain_household", args=["minimum_living_allowance", story])
    policy = reverse("eligibility:scheme", args=["minimum_living_allowance"])
    return [
        ("林阿珍一家为什么每月该领 1,806.00 元，条条有出处", family),
        ("全区谁应享未享，按金额从大到小", reverse("eligibility:findings")),
        ("低保这项政策：规则、数字的版本、出处和疑点", policy),
    ]
