#!/usr/bin/env python3
"""Writes share/kaal/kaal.spdx.json (SPDX 2.3): each file of a finished install, what it is made of, and under which license.

usage: spdx.py SOURCE VERSION      run by `meson install`

The list is parts.toml beside this file. A file that is in no part of it is named and left out.
"""
import fnmatch
import hashlib
import json
import os
import re
import sys
import time
import tomllib
from pathlib import Path

OUTPUT = "share/kaal/kaal.spdx.json"


def identifier(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.]", "-", name)


class Parts:
    def __init__(self, source, version):
        table = tomllib.loads((Path(__file__).parent / "parts.toml").read_text())
        self.source, self.part, self.rules = Path(source), table["part"], table["files"]
        for part in self.part.values():
            part["version"] = self.wrapped(part["wrap"]) if "wrap" in part else "NOASSERTION"
        self.part["KaaL"]["version"] = version

    def wrapped(self, name):
        """The version that a subproject's wrap pins."""
        return re.search(r"^directory = \S+?-([\d.]+)$", (self.source / f"subprojects/{name}.wrap").read_text(), re.M)[1]

    def of(self, path):
        """The parts of an installed file, named from the sysroot on; None: in no rule."""
        for rule in self.rules:
            if not any(fnmatch.fnmatchcase(path, pattern) for pattern in rule["paths"]):
                continue
            if "like" not in rule or (self.source / rule["like"] / path.partition("/")[2]).exists():
                return rule["parts"]
        return None

    def license(self, parts):
        expressions = sorted({self.part[name]["license"] for name in parts})
        return " AND ".join(f"({text})" if " WITH " in text and len(expressions) > 1 else text for text in expressions)


def digests(path):
    data = path.read_bytes()
    return [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(data).hexdigest()},
            {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()}]


def packages(parts, files):
    for name, part in parts.part.items():
        own = [entry for entry in files if name in entry["parts"]]
        sums = sorted(entry["checksums"][0]["checksumValue"] for entry in own)
        code = hashlib.sha1("".join(sums).encode()).hexdigest()  # SPDX 2.3, 7.9
        yield {"SPDXID": identifier("Package", name), "name": name, "versionInfo": part["version"], "downloadLocation": part["home"],
               "filesAnalyzed": True, "packageVerificationCode": {"packageVerificationCodeValue": code},
               "licenseConcluded": part["license"], "licenseDeclared": part["license"], "licenseInfoFromFiles": [part["license"]],
               "copyrightText": "NOASSERTION", "hasFiles": [entry["SPDXID"] for entry in own]}


def document(root, parts, version):
    files = []
    for path in sorted(filter(Path.is_file, root.rglob("*"))):
        name = path.relative_to(root).as_posix()
        if name == OUTPUT:
            continue
        if (of := parts.of(name)) is None:
            print(f"spdx: {name} is in no part of sdk/sysroot/parts.toml")
            continue
        files.append({"SPDXID": identifier("File", name), "fileName": f"./{name}", "checksums": digests(path), "licenseConcluded": parts.license(of),
                      "licenseInfoInFiles": sorted({parts.part[part]["license"] for part in of}), "copyrightText": "NOASSERTION", "parts": of})
    # The same install gives the same bytes.
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", 0))))
    found = list(packages(parts, files))
    texts = {part["license"]: "\n".join((root / "share/kaal/licenses" / text).read_text() for text in part["texts"])
             for part in parts.part.values() if part["license"].startswith("LicenseRef-")}
    total = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"kaal-sdk-{version}",
            "documentNamespace": f"https://spdx.org/spdxdocs/kaal-sdk-{version}-{total}",
            "creationInfo": {"created": created, "creators": ["Tool: sdk/sysroot/spdx.py"]},
            "hasExtractedLicensingInfos": [{"licenseId": name, "extractedText": text} for name, text in texts.items()],
            "packages": found, "files": [{key: value for key, value in entry.items() if key != "parts"} for entry in files],
            "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": package["SPDXID"]}
                              for package in found]}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, version = sys.argv[1:]
    root = Path(os.environ["MESON_INSTALL_DESTDIR_PREFIX"])
    text = json.dumps(document(root, Parts(source, version), version), indent="\t")
    (root / OUTPUT).write_text(text + "\n")


if __name__ == "__main__":
    main()
