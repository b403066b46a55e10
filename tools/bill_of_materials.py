"""What is inside, for whoever must answer for it: CycloneDX 1.6 (JSON) from the lock file and the vendored files.

`python tools/bill_of_materials.py > minsheng.cdx.json`. Nothing is resolved and nothing fetched: names, versions and
hashes are those of `locks/runtime.txt`, licences those of the installed packages, front-end files those of their
manifests. The same lock gives the same document.
"""

import hashlib
import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HERE = Path(__file__).parents[1]
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ \\;\n]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(lock: str) -> list[dict[str, Any]]:
    """This function will return a component for each package that a lock names."""
    found = []
    for name, version, rest in PACKAGE.findall(lock):
        normal = re.sub(r"[-_.]+", "-", name).lower()
        component: dict[str, Any] = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{normal}@{version}",
            "name": normal,
            "version": version,
            "purl": f"pkg:pypi/{normal}@{version}",
            "hashes": [{"alg": "SHA-256", "content": value} for value in sorted(HASH.findall(rest))],
        }
        if licence := _licence(normal):
            component["licenses"] = [{"license": {"name": licence}}]
        found.append(component)
    return sorted(found, key=lambda one: one["bom-ref"])


def vendored(source: Path) -> list[dict[str, Any]]:
    """This function will return a component for each vendored front-end file and font, by the manifests beside them."""
    found = []
    for manifest in sorted(source.rglob("manifest.json")):
        for one in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
            if one["file"].startswith("LICENSE"):
                continue
            digest = hashlib.sha256((manifest.parent / one["file"]).read_bytes()).hexdigest()
            found.append(
                {
                    "type": "file",
                    "bom-ref": f"vendored/{one['file']}",
                    "name": one.get("name", one["file"]),
                    "version": str(one.get("version", "")),
                    "hashes": [{"alg": "SHA-256", "content": digest}],
                    "licenses": [{"license": {"name": one.get("licence") or one.get("license") or "unknown"}}],
                }
            )
    return found


def document(*, lock: str, source: Path) -> dict[str, Any]:
    """This function will return the whole bill; its serial number is made from its content."""
    components = locked(lock) + vendored(source)
    ours = _ours()
    content = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, hashlib.sha256(content.encode()).hexdigest())}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "minsheng", "name": "minsheng", "version": ours}},
        "components": components,
        "dependencies": [{"ref": "minsheng", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _licence(name: str) -> str:
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    told = about.get("License-Expression") or " / ".join(classifiers) or (about.get("License") or "").split("\n")[0]
    return told.strip()


def _ours() -> str:
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"', text, re.MULTILINE)
    return found[1] if found else ""


if __name__ == "__main__":
    lock = (HERE / "locks" / "runtime.txt").read_text(encoding="utf-8")
    json.dump(document(lock=lock, source=HERE / "src"), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
