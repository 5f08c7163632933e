"""A run as a Workflow Run RO-Crate: who reads the folder's metadata finds what made what.

RO-Crate 1.1 with the profiles Process Run Crate 0.5, Workflow Run Crate 0.5 and Workflow RO-Crate
1.0 (https://w3id.org/ro/wfrun/workflow/0.5).
"""

import copy
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rocrate.model.computationalworkflow import ComputationalWorkflow
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
CODE = "code"
"""Folder of the crate with the workflow as it was run."""
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_ARTICLE = "https://doi.org/10.1136/jitc-2020-002092"
_LICENSE = "https://spdx.org/licenses/MIT"
_FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".md": "text/markdown",
    ".tex": "application/x-tex",
    ".txt": "text/plain",
    ".parquet": "application/vnd.apache.parquet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OF_PATIENTS = ("derived/", "cohort/", "review.html")
_WITH_MARKS = ("spider", "groups", "scatter", "swimmer", "waterfall")
_EXACT = (".csv", ".svg", ".pdf")
_NOTES = "cohort/notes.csv"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
UNDATED = "1980-01-01"


def describe(
    provenance: Mapping[str, Any],
    title: str,
    about: str,
    results: Sequence[str],
    left_out: Sequence[str],
    inside: Mapping[str, str] | None = None,
    later: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Metadata of a crate whose root is the folder of a cohort's results.

    Parameters
    ----------
    provenance
        What :func:`pd1_dynamics.artifact.provenance.record` gave.
    title, about
        Name and description.
    results
        Files of the crate, by path from its root.
    left_out
        Inputs that are named, with their checksums, and not in the crate.
    inside
        Inputs that are in the crate: their name in the provenance, and their path.
    later
        ``file``, ``bytes`` and ``sha256`` of results that were made after the provenance.

    Returns
    -------
    dict
        The JSON-LD document. It says when the software was committed and not when it ran, so that
        the same run gives the same bytes.
    """
    inside = inside or {}
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(_TERMS)
    developers = _thing(
        crate, "#developers", "Organization", name="The pd1-dynamics developers", url=_ARTICLE
    )
    _say_what_it_is(crate, title, about, provenance["software"], developers)
    workflow = _add_workflow(crate, provenance)
    sums = {file["file"]: file for file in (*provenance["inputs"], *provenance["outputs"], *later)}
    read = [_input(crate, sums[name]) for name in left_out]
    read += [_file(crate, path, sums.get(name, {})) for name, path in inside.items()]
    made = [_file(crate, path, _known(path, sums)) for path in results]
    snakemake = provenance["packages"].get("snakemake", "")
    action = crate.add_action(
        workflow,
        identifier="#run",
        object=read,
        result=made,
        properties={
            "name": f"Run of {title}",
            "description": provenance["command"],
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    action["agent"] = developers
    action["mentions"] = _software(
        crate, "https://snakemake.github.io/", f"Snakemake {snakemake}".strip(), snakemake
    )
    crate.root_dataset["mentions"] = action
    return crate.metadata.generate()


def _say_what_it_is(
    crate: ROCrate, title: str, about: str, software: Mapping[str, Any], developers: ContextEntity
) -> None:
    """Name, license, profiles and authors of the crate's root."""
    root = crate.root_dataset
    root["name"], root["description"] = title, about
    root["datePublished"] = software["commit_date"] or UNDATED
    root["license"] = _thing(crate, _LICENSE, "CreativeWork", name="MIT License")
    root["conformsTo"] = [
        _thing(crate, url, "CreativeWork", name=name, version=version)
        for url, (name, version) in _PROFILES.items()
    ]
    root["citation"] = _thing(
        crate, _ARTICLE, "ScholarlyArticle", name="The article whose analysis is reproduced"
    )
    root["author"] = root["publisher"] = developers


def _add_workflow(crate: ROCrate, provenance: Mapping[str, Any]) -> ComputationalWorkflow:
    """The Snakefile with the code beside it, its README, and the Python that it ran in."""
    software, platform = provenance["software"], provenance["platform"]
    workflow = crate.add_workflow(
        dest_path=f"{CODE}/Snakefile",
        main=True,
        lang="snakemake",
        properties={
            "name": "pd1-dynamics",
            "version": software["version"],
            "encodingFormat": "text/plain",
        },
    )
    workflow["identifier"] = software["commit_id"] or software["commit"]
    crate.add_dataset(
        dest_path=f"{CODE}/", properties={"name": "The workflow and the package, as they were run"}
    )
    workflow["softwareRequirements"] = _software(
        crate,
        "https://www.python.org/",
        f"Python {platform['python']} with the packages of provenance.json",
        platform["python"],
        operatingSystem=platform["system"],
    )
    workflow["url"] = _ARTICLE
    readme = crate.add_file(
        dest_path=f"{CODE}/README.md",
        properties={"name": "README of the project", "encodingFormat": "text/markdown"},
    )
    readme["about"] = crate.root_dataset
    return workflow


def _software(
    crate: ROCrate, url: str, name: str, version: str, **properties: str
) -> ContextEntity:
    return _thing(
        crate, url, "SoftwareApplication", url=url, name=name, softwareVersion=version, **properties
    )


def is_of_patients(path: str, figures: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a result has a row or a mark for each patient.

    Parameters
    ----------
    path
        From the folder of a cohort's results.
    figures
        What is drawn, the cohort's own figures too. One with a mark for each patient has data for
        each, and its vector graphics give the values back; a figure that is not known counts as
        one of these.
    """
    place = Path(path)
    if path.startswith("figures/") and place.suffix in _EXACT:
        return figures.get(place.stem, {"kind": _WITH_MARKS[0]}).get("kind") in _WITH_MARKS
    return path.startswith(_OF_PATIENTS) and path != _NOTES


def _known(path: str, sums: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Size and checksum of a result, whose name in the provenance may begin with its folder."""
    names = (name for name in sums if path in (name, *name.split("/", 2)[2:]))
    return next((sums[name] for name in names), {})


def _thing(crate: ROCrate, identifier: str, type_: str, **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, {"@type": type_, **properties}))


def _file(crate: ROCrate, path: str, known: Mapping[str, Any]) -> Any:
    properties: dict[str, Any] = {"name": path}
    if kind := _FORMATS.get(Path(path).suffix):
        properties["encodingFormat"] = kind
    if known:
        properties |= {"contentSize": str(known["bytes"]), "sha256": known["sha256"]}
    return crate.add_file(dest_path=path, properties=properties)


def _input(crate: ROCrate, known: Mapping[str, Any]) -> ContextEntity:
    """A file that stays where it is: its name and checksum."""
    return _thing(
        crate,
        f"#input-{known['file']}",
        "CreativeWork",
        name=known["file"],
        sha256=known["sha256"],
        conditionsOfAccess="Patient-level data: they stay with those who hold them.",
    )


def pack(metadata: Mapping[str, Any], files: Mapping[str, Path], path: Path) -> None:
    """Write a crate as a zip file, always the same bytes: the metadata, and files by their path."""
    with zipfile.ZipFile(path, "w") as archive:
        _put(archive, METADATA, text(metadata).encode())
        for name in sorted(files):
            _put(archive, name, files[name].read_bytes())


def files_of(metadata: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """Files that a crate names, and those of the folders that it names, by path."""
    found: dict[str, Path] = {}
    for entity in metadata["@graph"]:
        place = folder / entity["@id"]
        if "File" in _types(entity):
            found[entity["@id"]] = place
        elif "Dataset" in _types(entity) and entity["@id"] != "./":
            paths = (p for p in place.rglob("[!.]*") if p.is_file())
            found |= {path.relative_to(folder).as_posix(): path for path in paths}
    return found


def _types(entity: Mapping[str, Any]) -> list[str]:
    kinds = entity["@type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def timed(metadata: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The metadata with when the run began and ended: the times of its first and last result."""
    dated = copy.deepcopy(dict(metadata))
    action = next(entity for entity in dated["@graph"] if entity["@id"] == "#run")
    results = action["result"] if isinstance(action["result"], list) else [action["result"]]
    times = sorted((folder / entity["@id"]).stat().st_mtime for entity in results)
    for name, time in (("startTime", times[0]), ("endTime", times[-1])):
        action[name] = datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
    return dated


def text(metadata: Mapping[str, Any]) -> str:
    """The metadata as they are written."""
    return json.dumps(metadata, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def code_files(root: Path, paths: Iterable[Path]) -> dict[str, Path]:
    """Files of the project that a crate holds as its code, by path in the crate."""
    top = root.absolute()
    return {f"{CODE}/{path.absolute().relative_to(top).as_posix()}": path for path in paths}
