"""Sources of the subprojects: from upstream, or the same bytes from the distribution's source archive."""
import configparser
import hashlib
import os
import re
import shutil
import tempfile
import urllib.request
from pathlib import Path

from . import console
from .errors import Failure

UPSTREAM_SECONDS = 8  # to answer at all
APT = Path("/etc/apt")
STAMP = ".kaal-unpacked"  # in the unpacked folder: the fingerprint of what it was made of


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Wrap:
    """One NAME.wrap, of subprojects/ or with the same words elsewhere; `cache`: where its tarball is kept, packagecache beside it if None."""

    def __init__(self, path, cache=None):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(path)
        file = parser["wrap-file"]
        self.name, self.folder = path.stem, path.parent
        self.directory = self.folder / file["directory"]
        self.url, self.filename, self.hash = file["source_url"], file["source_filename"], file["source_hash"]
        self.cached = (cache or self.folder / "packagecache") / self.filename
        self.debian = dict(parser["debian"]) if "debian" in parser else None
        self.overlay = self.folder / "packagefiles" / file["patch_directory"] if "patch_directory" in file else None
        self.stamp = self.directory / STAMP

    def is_cached(self):
        return self.cached.exists() and sha256(self.cached) == self.hash

    def overlay_files(self):
        return sorted(filter(Path.is_file, self.overlay.rglob("*"))) if self.overlay else []

    def fingerprint(self):
        """What the unpacked sources are made of: the tarball and the files put over it, names and contents."""
        total = hashlib.sha256(self.hash.encode())
        for path in self.overlay_files():
            total.update(f"\n{path.relative_to(self.overlay)} {sha256(path)}".encode())
        return total.hexdigest()

    def is_current(self):
        """Whether the unpacked sources are of this tarball and this overlay."""
        if self.stamp.exists():
            return self.stamp.read_text().strip() == self.fingerprint()
        # Unpacked by Meson without us: then its overlay files are the evidence.
        copies = [(path, self.directory / path.relative_to(self.overlay)) for path in self.overlay_files()]
        return all(copy.is_file() and copy.read_bytes() == path.read_bytes() for path, copy in copies)


def upstream_answers(url):
    try:
        with urllib.request.urlopen(url, timeout=UPSTREAM_SECONDS) as answer:
            return answer.status == 200
    except (OSError, ValueError):
        return False


def from_upstream(wrap):
    """Lets Meson download and check the source. Returns whether that worked."""
    if not upstream_answers(wrap.url):
        console.say(f"{wrap.name}: {wrap.url} does not answer")
        return False
    return console.run(["meson", "subprojects", "download", wrap.name], check=False, cwd=wrap.folder.parent) == 0


def deb822_stanzas(text):
    for paragraph in re.split(r"\n\s*\n", re.sub(r"^#.*\n?", "", text, flags=re.M)):
        fields = {key.lower(): " ".join(value.split()) for key, value in
                  re.findall(r"^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)", paragraph, re.M)}
        if fields.get("enabled", "yes").lower() not in ("no", "false"):
            for uri in fields.get("uris", "").split():
                yield uri, fields.get("components", "").split(), \
                    {key: fields[key] for key in ("signed-by", "trusted") if key in fields}, \
                    re.search(r"^Signed-By:((?:.*)(?:\n[ \t].*)*)", paragraph, re.M | re.I)


def machine_archives(folder=APT):
    """The archives that the machine's own apt uses, as deb822 text without types, suites and components."""
    found = []
    lists = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    for path in filter(Path.is_file, lists):
        for line in path.read_text(errors="replace").splitlines():
            match = re.match(r"\s*deb(?:-src)?\s+(?:\[([^]]*)\]\s+)?(\S+)\s+\S+\s+(.*)", line)
            if match and "main" in match[3].split():
                options = dict(option.split("=", 1) for option in (match[1] or "").split() if "=" in option)
                found.append((match[2], {k: options[k] for k in ("signed-by", "trusted") if k in options}))
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        for uri, components, options, signed_by in deb822_stanzas(path.read_text(errors="replace")):
            if "main" in components:
                if signed_by:  # a key may stand here itself, in lines that must stay as they are
                    options["signed-by"] = signed_by[1].strip(" ")
                found.append((uri, options))
    unique = {}
    for uri, options in found:
        unique.setdefault(uri.rstrip("/"), options)
    return [f"URIs: {uri}\n" + "".join(f"{key.title()}: {value}\n" for key, value in options.items())
            for uri, options in unique.items()]


def apt(folder, *words):
    """Runs apt-get with a configuration of its own: the machine's lists and caches stay as they are."""
    options = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": folder / "src.d",
               "Dir::State::Lists": folder / "lists", "Dir::Cache": folder / "cache"}
    command = ["apt-get", "-q"]
    for key, value in options.items():
        command += ["-o", f"{key}={value}"]
    if console.is_root():
        # apt's own user cannot enter a private folder.
        command += ["-o", "APT::Sandbox::User=root"]
    return console.run(command + list(words), check=False, cwd=folder) == 0


def from_debian(wrap, archive):
    """Fetches the tarball from one archive into the cache. Returns whether that worked."""
    with tempfile.TemporaryDirectory(prefix="kaal-source-") as name:
        folder = Path(name)
        for part in ("src.d", "lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        (folder / "src.d/kaal.sources").write_text(
            f"Types: deb-src\nSuites: {wrap.debian['suite']}\nComponents: main\n{archive}")
        if not apt(folder, "update") or \
           not apt(folder, "source", "--download-only", "--tar-only", "--only-source", wrap.debian["source"]):
            return False
        for path in folder.iterdir():
            if path.is_file() and sha256(path) == wrap.hash:
                wrap.cached.parent.mkdir(exist_ok=True)
                shutil.copyfile(path, wrap.cached)
                return True
    console.say(f"{wrap.name}: Debian's tarball has another sha256 than {wrap.hash}")
    return False


def from_url(wrap):
    """Downloads and checks the tarball of what is no subproject. Returns whether that worked."""
    try:
        with urllib.request.urlopen(wrap.url, timeout=UPSTREAM_SECONDS) as answer:
            data = answer.read()
    except (OSError, ValueError) as error:
        console.say(f"{wrap.name}: {wrap.url}: {error}")
        return False
    if hashlib.sha256(data).hexdigest() != wrap.hash:
        console.say(f"{wrap.name}: {wrap.url} has another sha256 than {wrap.hash}")
        return False
    wrap.cached.parent.mkdir(exist_ok=True)
    part = wrap.cached.with_name(wrap.filename + ".part")
    part.write_bytes(data)
    part.rename(wrap.cached)
    return True


def fetch_tarball(wrap):
    """Makes sure that the tarball of what is no subproject is in the cache."""
    if not wrap.is_cached():
        fetch(wrap, from_url)


def fetch(wrap, first=from_upstream):
    console.say(f"{wrap.name}: fetching {wrap.filename}")
    if first(wrap):
        return
    if wrap.debian and shutil.which("apt-get"):
        console.say(f"{wrap.name}: taking the same bytes from Debian's source archive, {wrap.debian['source']}")
        if any(from_debian(wrap, archive) for archive in machine_archives()):
            return
    raise Failure(f"{wrap.name}: neither upstream nor a Debian source archive gave {wrap.filename}; "
                  f"put a file with sha256 {wrap.hash} to {wrap.cached}")


def unpack(wrap):
    """Unpacks the tarball, fetched if need be, under the overlay, in place of what was there."""
    stale, aside = wrap.directory.is_dir(), wrap.folder / f".{wrap.directory.name}.stale"
    if stale:
        console.say(f"{wrap.name}: its wrap or its overlay has changed; {wrap.directory} is unpacked anew")
        shutil.rmtree(aside, ignore_errors=True)
        wrap.directory.rename(aside)
    try:
        if not wrap.is_cached():
            fetch(wrap)
        console.run(["meson", "subprojects", "download", wrap.name], cwd=wrap.folder.parent)
    except Failure:
        shutil.rmtree(wrap.directory, ignore_errors=True)  # half of it helps nobody
        if stale:
            aside.rename(wrap.directory)
        raise
    if stale:
        shutil.rmtree(aside)
        # Files of the tarball are older than what was built of those they replace.
        for path in filter(Path.is_file, wrap.directory.rglob("*")):
            os.utime(path)
    wrap.stamp.write_text(wrap.fingerprint() + "\n")


def wraps(tree):
    """The subprojects but those that somebody works on."""
    found = [Wrap(path) for path in sorted((tree / "subprojects").glob("*.wrap"))]
    return [wrap for wrap in found if not (wrap.directory / ".git").exists()]


def refuse_stale(tree):
    """For the build: ends with a message if a subproject was unpacked under another wrap or overlay."""
    if stale := [wrap.name for wrap in wraps(tree) if wrap.directory.is_dir() and not wrap.is_current()]:
        names = " ".join(stale)
        raise SystemExit(f"unpacked before a change in subprojects/: {names}; type "
                         f"`meson subprojects purge --confirm {names} && meson subprojects download {names}`")


def ensure(tree):
    """Makes sure that every subproject is unpacked, from the tarball and with the overlay that its wrap names."""
    for wrap in wraps(tree):
        if wrap.directory.is_dir() and wrap.is_current():
            if not wrap.stamp.exists():
                wrap.stamp.write_text(wrap.fingerprint() + "\n")
            continue
        unpack(wrap)
