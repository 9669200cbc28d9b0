"""Other thresholds for a release: what they would come to, and the release with them. Nothing is trained and nobody is asked again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faqbot.corpus.categories import category_name
from faqbot.corpus.draft import MUST_ANSWER, MUST_NOT_ANSWER
from faqbot.errors import ReleaseError
from faqbot.evaluation.findings import Findings, Pair
from faqbot.evaluation.gate import GateReport, judged
from faqbot.evaluation.predictions import FILE as PREDICTIONS
from faqbot.evaluation.predictions import Kept, WhatIf, from_bytes, what_if
from faqbot.evaluation.report import Subject, report
from faqbot.evaluation.report_page import report_files
from faqbot.retrieval.parameters import Parameters, Thresholds
from faqbot.retrieval.release import MANIFEST, SERVED, Release, current_id, load_release, release_id
from faqbot.store import AuditLine, LoggedRelease, NewRelease, Store
from faqbot.training.publish import training_lock, write_release
from faqbot.training.releasing import log_candidate, publish_release
from faqbot.training.source import SOURCE, source_bytes, table_of

#: Where the parameters lie, and the report they were taken from.
_PARAMETERS, _REPORT = "parameters.json", "report.json"


@dataclass(frozen=True, slots=True)
class Thresholded:
    """A release with its labelled queries, to try thresholds on."""

    release: str
    thresholds: Thresholds
    kept: Kept

    def what_if(self, answer: float, suggest: float) -> WhatIf:
        """Exact counts at two thresholds, those of categories as they are."""
        return what_if(self.kept, replace(self.thresholds, answer=answer, suggest=suggest))


def thresholded(site: Path, release: str = "") -> Thresholded:
    """What the chart of thresholds draws from; "" for the release that serves.

    Raises:
        ReleaseError: there is no such release, it is damaged, or it was made before predictions were kept.
    """
    folder = site / (release or current_id(site))
    loaded = load_release(folder)
    return Thresholded(loaded.id, loaded.parameters.thresholds, _kept(folder, loaded.parameters.thresholds))


def retarget(  # noqa: PLR0913  # where, what, and who
    store: Store, site: Path, release: str, answer: float, suggest: float, *, by: str, why: str = ""
) -> LoggedRelease:
    """The same release with other thresholds: a new one with an id and a log line of its own, not yet published; going back undoes it.

    Args:
        store: of the site.
        site: models/<site>.
        release: id of the one to take over.
        answer: confidence from which the first candidate is given as the answer, 0..1.
        suggest: P(right among three) from which candidates are shown, 0..1.
        by: who.
        why: kept in the log.

    Raises:
        ReleaseError: a threshold is none, or the release cannot be used.
    """
    if not (0 < answer < 1 and 0 < suggest < 1):
        raise ReleaseError(f"기준값은 0보다 크고 1보다 작아야 합니다. 지금: 답 {answer}, 후보 {suggest}.")
    with training_lock(site):
        old = load_release(site / release)
        parameters = Parameters.from_json(replace(old.parameters, thresholds=replace(old.parameters.thresholds, answer=answer, suggest=suggest)).to_json())
        if parameters.thresholds == old.parameters.thresholds:
            raise ReleaseError("기준값이 지금과 같습니다.")
        new_id, folder = _write(site, old, parameters)
    gate = _gate(site, old, new_id, parameters)
    logged = store.drafts.release(release)
    version = logged.made.version_id if logged else None
    figures = json.loads((folder / MANIFEST).read_bytes())["metrics"]
    return log_candidate(store, site, new_id, NewRelease(new_id, by, why, version, release, {}, figures, gate.to_json()))


def apply_thresholds(  # noqa: PLR0913  # where, what, and who
    store: Store, site: Path, tried: Thresholded, answer: float, suggest: float, *, by: str, why: str = ""
) -> LoggedRelease:
    """`retarget`, and publish it.

    Raises:
        FaqbotError: it cannot be made, or the gate is against it and no reason is given.
    """
    logged = retarget(store, site, tried.release, answer, suggest, by=by, why=why)
    before = {"release": tried.release, "answer": tried.thresholds.answer, "suggest": tried.thresholds.suggest}
    line = AuditLine(by, "release.thresholds", logged.release, before=before, after={"answer": answer, "suggest": suggest, "why": why})
    return publish_release(store, site, logged.release, by=by, why=why, line=line)


def _write(site: Path, old: Release, parameters: Parameters) -> tuple[str, Path]:
    """The release with other parameters, and its report made anew from what is kept of it."""
    folder = site / old.id
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    files[_PARAMETERS] = json.dumps(parameters.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digests = {**old.manifest["files"], _PARAMETERS: hashlib.sha256(files[_PARAMETERS]).hexdigest()}
    new_id, created = release_id(old.manifest["analyzer"], digests), datetime.now(UTC)
    thresholds = parameters.thresholds
    kept, reported = _kept(folder, thresholds), _report(files)
    subject = Subject(
        site.name,
        new_id,
        created,
        {e.id: e.question for e in old.entries},
        float(reported.get("target_precision", 0.9)),
        thresholds,
        bool(reported.get("cross_fitted", True)),
    )
    renewed = report(subject, kept.labelled, kept.predictions, kept.unlabelled)
    files |= report_files(renewed) | {SOURCE: source_bytes(table_of(folder), (thresholds.answer, thresholds.suggest))}
    manifest = {
        **old.manifest, "id": new_id, "created": created.isoformat(timespec="seconds"), "thresholds": parameters.to_json()["thresholds"],
        "metrics": renewed["figures"] if kept.labelled else {}, "files": {name: digests[name] for name in sorted(SERVED)},
    }  # fmt: skip
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    return new_id, write_release(site, new_id, files)


def _gate(site: Path, old: Release, new_id: str, parameters: Parameters) -> GateReport:
    """The checks that thresholds can fail, on what is kept of the release: nobody has to be asked again."""
    before = _kept(site / old.id, old.parameters.thresholds)
    after = _kept(site / old.id, parameters.thresholds)
    pairs = [Pair(label, was, now) for label, was, now in zip(before.labelled, before.predictions, after.predictions, strict=True)]
    cases = [pair for pair in pairs if pair.label.kind in {MUST_ANSWER, MUST_NOT_ANSWER}]
    entries = {entry.id: (entry.question, category_name(entry.category)) for entry in old.entries}
    target = float(_report({_REPORT: _read(site / old.id / _REPORT)}).get("target_precision", 0.9))
    findings = Findings(new_id, old.id, entries, target, labelled=pairs, cases=cases)
    return judged(findings, datetime.now(UTC).isoformat(timespec="seconds"))


def _kept(folder: Path, thresholds: Thresholds) -> Kept:
    try:
        return from_bytes((folder / PREDICTIONS).read_bytes(), thresholds)
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ReleaseError(f"{folder / PREDICTIONS}: 읽을 수 없습니다. 다시 학습하세요.") from error


def _report(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        found = json.loads(files[_REPORT])
    except (LookupError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
