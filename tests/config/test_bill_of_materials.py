"""The bill of materials names everything that the lock and the manifests name, with the hashes of the lock."""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
LOCK = (HERE / "locks" / "runtime.txt").read_text(encoding="utf-8")
TOOL = HERE / "tools" / "bill_of_materials.py"
# What may be inside of something that a bureau changes and passes on; a new licence is looked at by a person first.
KNOWN_LICENCES = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|OFL|HPND|Unlicense|LGPL|Zope|ZPL|CC0|0BSD|"
    r"Public Domain|BlueOak",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def made() -> tuple[str, str]:
    """This fixture will make the document twice."""
    first, second = (
        subprocess.run([sys.executable, str(TOOL)], capture_output=True, text=True, check=True).stdout for _ in "ab"
    )
    return first, second


def test_everything_that_is_locked_is_in_it(made: tuple[str, str]) -> None:
    assert made[0] == made[1], "the same lock gives the same document"
    bill = json.loads(made[0])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    lines = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^ \\;]+)", LOCK, re.MULTILINE)
    assert len(lines) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))
    # One package may stand there twice, in a version for each Python.
    locked = sorted((re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in lines)
    packages = [one for one in bill["components"] if one["type"] == "library"]
    assert sorted((one["name"], one["version"]) for one in packages) == locked
    assert len(locked) > 40
    hashes = {value for one in packages for value in (h["content"] for h in one["hashes"])}
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))
    references = [one["bom-ref"] for one in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill["dependencies"][0]["dependsOn"] == references
    assert any(one["name"].endswith("tabler") or "tabler" in one["name"] for one in bill["components"])


def test_every_licence_is_one_that_somebody_has_looked_at(made: tuple[str, str]) -> None:
    components = json.loads(made[0])["components"]
    told = {one["name"]: one["licenses"][0]["license"]["name"] for one in components if "licenses" in one}
    assert {name: words for name, words in told.items() if not KNOWN_LICENCES.search(words)} == {}
    # A package that the lock names for another system only cannot be asked here.
    for name in {one["name"] for one in components} - told.keys():
        with pytest.raises(PackageNotFoundError):
            metadata(name)
    assert not KNOWN_LICENCES.search("Proprietary"), "control"


def test_every_package_comes_with_a_hash(made: tuple[str, str]) -> None:
    without = [one["name"] for one in json.loads(made[0])["components"] if not one["hashes"]]
    assert without == []
