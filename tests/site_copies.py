"""Many sites out of one trained one: the same questions, answers that say whose they are. Releases are whole, with digests and ids that fit."""

import hashlib
import json
import os
from pathlib import Path

from faqbot.corpus import parse_answer
from faqbot.corpus import to_json as blocks_to_json
from faqbot.retrieval.release import CURRENT, MANIFEST, SERVED, current_id, release_id


def copy_release(trained: Path, site: Path, mark: str) -> str:
    """Publish a copy of the release that `trained` serves in another site's folder, with the mark behind each answer. Its id; what is the same is a hard link."""
    source = trained / current_id(trained)
    manifest = json.loads((source / MANIFEST).read_bytes())
    entries = json.loads((source / "entries.json").read_bytes())
    added = blocks_to_json(parse_answer(mark))
    for entry in entries:
        entry["entry"]["answer"] += f"\n\n{mark}"
        entry["answer"] = [*entry["answer"], *added]
    data = json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    manifest["files"]["entries.json"] = manifest["corpus"] = hashlib.sha256(data).hexdigest()
    manifest["id"] = release_id(manifest["analyzer"], manifest["files"])
    folder = site / manifest["id"]
    folder.mkdir(parents=True)
    for name in SERVED:
        if name != "entries.json":
            os.link(source / name, folder / name)
    (folder / "entries.json").write_bytes(data)
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    beside = site / f".{CURRENT}"
    beside.write_text(manifest["id"] + "\n", encoding="ascii")
    beside.replace(site / CURRENT)
    return str(manifest["id"])
