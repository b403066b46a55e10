"""Re-create the vendored front-end files and fonts from their manifests.

A fresh machine needs neither Node nor this script: the files are in the repository. It is run by hand when a version
changes:

    python tools/vendor.py                 # fetch everything again and compare with the manifests
    python tools/vendor.py --write         # fetch, write the files, and put the new hashes into the manifests

Each manifest says, for every file: package, version, licence, path in the npm tarball, SHA-256. A file that differs
from its hash stops the run, so a changed tarball is seen before it is served to a resident.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOUNDATION = ROOT / "src" / "minsheng" / "foundation"
MANIFESTS = (
    FOUNDATION / "pages" / "static" / "vendor" / "manifest.json",
    FOUNDATION / "files" / "fonts" / "manifest.json",
)


class UnableToVendor(Exception):
    """A vendored file could not be fetched or is not what the manifest promises."""


def main() -> int:
    """This function will compare (or, with --write, rewrite) every vendored file; returns the process exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the files and the hashes")
    write: bool = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        packed: dict[str, Path] = {}
        try:
            for manifest in MANIFESTS:
                _refresh(manifest, work=Path(folder), packed=packed, write=write)
        except UnableToVendor as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


def _refresh(manifest: Path, *, work: Path, packed: dict[str, Path], write: bool) -> None:
    spec: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    for entry in spec["files"]:
        tarball = _tarball(f"{entry['name']}@{entry['version']}", work=work, packed=packed)
        content = _sprite(tarball, entry["icons"]) if "icons" in entry else _member(tarball, entry["source"])
        # The static-file storage follows source-map comments and would fail on maps that we do not ship.
        if entry.get("change") == "source map comment removed":
            content = re.sub(rb"\n?/[/*]# sourceMappingURL=[^\n]*", b"", content).rstrip() + b"\n"
        digest = hashlib.sha256(content).hexdigest()
        if write:
            (manifest.parent / entry["file"]).write_bytes(content)
            entry["sha256"], entry["bytes"] = digest, len(content)
        elif digest != entry["sha256"]:
            raise UnableToVendor(
                f"{entry['file']}: {entry['name']}@{entry['version']} now has SHA-256 {digest}, the manifest says "
                f"{entry['sha256']}. Compare the two versions, then run with --write."
            )
        print(f"{entry['file']}: {entry['name']} {entry['version']}, {len(content):,} bytes, {digest[:12]}")
    if write:
        manifest.write_text(json.dumps(spec, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _tarball(package: str, *, work: Path, packed: dict[str, Path]) -> Path:
    if package not in packed:
        done = subprocess.run(
            ["npm", "pack", package, "--silent"], cwd=work, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnableToVendor(f"npm could not fetch {package}: {done.stderr.strip()[-400:]}")
        packed[package] = work / done.stdout.strip().splitlines()[-1]
    return packed[package]


def _member(tarball: Path, source: str) -> bytes:
    with tarfile.open(tarball) as archive:
        try:
            file = archive.extractfile(f"package/{source}")
        except KeyError:
            file = None
        if file is None:
            raise UnableToVendor(
                f"{tarball.name} holds no file {source}; the package has moved it. Look and correct the manifest."
            )
        return file.read()


def _sprite(tarball: Path, icons: list[str]) -> bytes:
    """One SVG with a <symbol> for each named outline icon, so that a page fetches its icons once."""
    symbols = []
    with tarfile.open(tarball) as archive:
        for name in sorted(icons):
            file = archive.extractfile(f"package/icons/outline/{name}.svg")
            assert file is not None
            text = file.read().decode("utf-8")
            paths = [
                p
                for p in re.findall(r"<(?:path|circle|rect|line|polyline)\b[^>]*/>", text)
                if 'd="M0 0h24v24H0z"' not in p
            ]
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">' + "".join(paths) + "</symbol>")
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


if __name__ == "__main__":
    raise SystemExit(main())
