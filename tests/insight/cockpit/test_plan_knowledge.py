"""What the auditor knows besides the plan is data, and says where it comes from."""

from minsheng.insight.cockpit.plan.knowledge import known_confusions, known_documents, units_of_district


def test_units_of_the_district_that_the_text_names_most() -> None:
    counts, source = units_of_district("上城区、上城区、西湖区", 2021)
    assert counts["街道"] == 14
    assert "上城区" in source
    assert units_of_district("某县的规划") == ({}, "")


def test_a_district_that_is_no_more_is_not_guessed() -> None:
    """江干区 went into 上城区 in 2021; today the table knows no such district."""
    assert units_of_district("江干区的规划")[0] == {}


def test_every_title_says_how_it_is_known() -> None:
    documents = known_documents()
    assert len({d.title for d in documents}) == len(documents) > 10
    assert {d.checked for d in documents} == {"seen", "memory"}
    assert all(d.source for d in documents)


def test_a_confused_word_needs_its_phrase() -> None:
    text = "公民的权利和义务；民主协商机制"
    assert not [c for c in known_confusions() if c.pattern.search(text)]
    assert [c.instead for c in known_confusions() if c.pattern.search("公布权利清单")] == ["权力"]
