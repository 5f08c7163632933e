"""The validator of RO-Crates without the network: the contexts that crates name are served from
memory, that of RO-Crate from the copy which the package ``rocrate`` ships."""

import io
import json
from importlib.resources import files

import pytest
import rdflib.parser
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

RUN = "https://w3id.org/ro/terms/workflow-run/context"
_TERMS = {
    name: f"https://w3id.org/ro/terms/workflow-run#{name}"
    for name in ("md5", "sha1", "sha256", "sha512")
}
# The shipped copy is that of version 1.3, which moved these four.
_AS_IN_1_1 = {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
    "output": "https://bioschemas.org/ComputationalWorkflow#output",
}


def _contexts():
    shipped = json.loads(files("rocrate").joinpath("data", "ro-crate.jsonld").read_bytes())
    crate = {"@context": shipped["@context"] | _AS_IN_1_1}
    return {"https://w3id.org/ro/crate/1.1/context": crate, RUN: {"@context": _TERMS}}


class _Answer(io.BytesIO):
    status_code, headers, url = 200, {"Content-Type": "application/ld+json"}, ""

    def __init__(self, content):
        super().__init__(json.dumps(content).encode())
        self.content = self.getvalue()
        self.text = self.content.decode()

    def info(self):
        return self.headers

    def geturl(self):
        return self.url

    def json(self):
        return json.loads(self.content)

    def raise_for_status(self):
        pass


@pytest.fixture
def problems(monkeypatch):
    """What the validator says against a crate in a folder, in words."""
    known = _contexts()

    def served(request, *_, **__):
        return _Answer(known[getattr(request, "full_url", request)])

    monkeypatch.setattr(rdflib.parser, "_urlopen", served)
    monkeypatch.setattr(HttpRequester, "get", lambda _, url, **__: served(url), raising=False)

    def found(folder, profile="workflow-run-crate-0.5"):
        settings = models.ValidationSettings(
            rocrate_uri=models.URI(str(folder)),
            profile_identifier=profile,
            requirement_severity=models.Severity.REQUIRED,
            no_cache=True,
        )
        answer = services.validate(settings)
        return [f"{issue.check.identifier}: {issue.message}" for issue in answer.get_issues()]

    return found
