import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import ScenarioRecorder

from faqbot import messages
from faqbot.settings import Settings
from faqbot.web import problems
from faqbot.web.openapi import document
from faqbot.web.problems import is_desk_api
from faqbot.web.routes import OPERATIONS
from faqbot.web.schema import ProblemCode


@pytest.fixture
def spec(client) -> dict:
    return client.get("/openapi.json").get_json()


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_the_document_is_openapi_3_1_of_this_site(client, spec):
    assert client.get("/openapi.json").content_type == "application/json"
    assert (spec["openapi"], spec["info"]["title"]) == ("3.1.0", "네이버페이 도움말")


def test_document_and_routes_name_the_same_operations(app, spec):
    public = [rule for rule in app.url_map.iter_rules() if not is_desk_api(rule.rule)]  # the document is for those who embed and integrate
    rules = [rule for rule in public if rule.rule.startswith("/v1/") or rule.rule in {"/livez", "/readyz"}]
    routed = {(rule.rule.replace("<path:", "{").replace(">", "}"), method) for rule in rules for method in rule.methods}
    documented = {(path, method.upper()) for path, item in spec["paths"].items() for method in item}
    assert {operation for operation in routed if operation[1] not in {"HEAD", "OPTIONS"}} == documented


def test_every_reference_leads_to_a_schema_and_every_schema_is_used(spec):
    schemas = {f"#/components/schemas/{name}" for name in spec["components"]["schemas"]}
    assert references(spec) == schemas


def test_every_operation_lists_its_problems(spec):
    for operation in OPERATIONS:
        responses = spec["paths"][operation.path][operation.method.lower()]["responses"]
        expected = {problems.STATUS[code] for code in (*operation.problems, ProblemCode.INTERNAL_ERROR)}
        good = str(operation.status)
        assert set(responses) == {good, *map(str, expected)}
        assert all(set(response["content"]) == {"application/problem+json"} for status, response in responses.items() if status != good)
        assert ("content" in responses[good]) == (operation.output is not None)


def test_what_writes_may_be_refused_by_origin_and_by_rate(spec):
    for path, item in spec["paths"].items():
        for method, described in item.items():
            expected = {"403"} if path == "/v1/suggest" else {"403", "429"}  # to suggest is to read: the body only keeps what is typed out of the address
            assert {"403", "429"} & set(described["responses"]) == (expected if method == "post" else set()), path


def test_a_body_may_be_declared_as_json_or_as_text(spec):
    for item in spec["paths"].values():
        if "post" in item:
            content = item["post"]["requestBody"]["content"]
            assert content["application/json"] == content["text/plain"]


def test_operations_have_names_of_their_own():
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)


def test_a_request_is_closed_and_says_what_must_be_there(spec):
    request = spec["components"]["schemas"]["AskRequest"]
    assert (request["additionalProperties"], request["required"]) == (False, ["query"])
    assert (request["properties"]["limit"]["minimum"], request["properties"]["limit"]["maximum"], request["properties"]["limit"]["default"]) == (1, 10, 3)


def test_parameters_of_path_and_query_are_told_apart(spec):
    parameters = {p["name"]: (p["in"], p["required"]) for path in ("/v1/faqs", "/v1/faqs/{id}") for p in spec["paths"][path]["get"]["parameters"]}
    assert parameters == {"category": ("query", False), "limit": ("query", False), "offset": ("query", False), "id": ("path", True)}


def test_the_document_is_the_same_every_time():
    assert json.dumps(document(OPERATIONS, "도움말")) == json.dumps(document(OPERATIONS, "도움말"))


#: Calls that are made at least, and the seed of the first of their rounds: `make calls` makes more of them, and goes on where it was stopped.
CASES, SEED = int(os.environ.get("CASES", "10000")), int(os.environ.get("SEED", "2026"))
#: What schemathesis makes up for an operation in a round at most and at least; all operations together come to about PER calls for each.
MOST, LEAST, PER = 1150, 30, 9


@dataclass
class Calls:
    """What came of a round: how many calls, what was wrong, which statuses of which operations were seen, and what was checked."""

    count: int = 0
    failures: list[str] = field(default_factory=list)
    reached: set[tuple[str, str, int]] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)

    def add(self, recorder: ScenarioRecorder) -> None:
        checks = [check for found in recorder.checks.values() for check in found]
        answered = [(recorder.cases[name].value, each.response) for name, each in recorder.interactions.items() if each.response]
        self.count += len(answered)
        self.failures += [f"{check.failure_info.failure}\n{check.failure_info.code_sample}" for check in checks if check.failure_info]
        self.reached |= {(case.operation.path, case.method, response.status_code) for case, response in answered}
        self.checked |= {check.name for check in checks}


@pytest.fixture
def unlimited(build):
    """An app that hears whatever is asked of it in a minute."""
    return build(Settings(limit_questions="1000000/minute", limit_feedback="1000000/minute", limit_inquiries="1000000/minute"))


@schemathesis.serializer("text/plain")
def _json_in_text(_: object, value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@pytest.fixture
def given_out(unlimited) -> Iterator[None]:
    """Requests that keep the schema hold a token that was given out, which no schema can describe."""
    token = unlimited.test_client().post("/v1/ask", json={"query": "환불"}).get_json()["feedback_token"]
    known = {"token": token, "tokens": [token], "consent_version": messages.CONSENT_VERSION}

    def before_call(_: object, case: schemathesis.Case, **__: object) -> None:
        if case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict):
            case.body.update({name: value for name, value in known.items() if name in case.body})

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.unregister(before_call)


def called(app: Flask, seed: int, examples: int) -> Calls:
    """Everything that schemathesis does with a seed, all phases and checks: examples, boundaries, fuzzing within the schema and against it, chains of calls."""
    config = SchemathesisConfig.from_dict({"seed": seed, "generation": {"max-examples": examples, "database": "none"}})
    made = Calls()
    for event in from_schema(schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)).execute():
        if isinstance(event, ScenarioFinished):
            made.add(event.recorder)
        elif isinstance(event, NonFatalError | FatalError):
            made.failures.append(str(event.info))
    return made


@pytest.mark.slow
def test_every_operation_keeps_its_contract_in_ten_thousand_calls(unlimited, given_out, capsys):
    count, seed, reached, checked = 0, SEED, set(), set()
    while count < CASES:
        began, made = time.monotonic(), called(unlimited, seed, min(MOST, max(LEAST, (CASES - count) // PER)))
        count += made.count
        with capsys.disabled():
            sys.stdout.write(f"SEED={seed}: {made.count:,} calls in {time.monotonic() - began:.0f} s, {count:,} in all, {len(made.failures)} failures\n")
            sys.stdout.flush()
        assert made.failures == []
        reached, checked, seed = reached | made.reached, checked | made.checked, seed + 1
    assert checked >= {"not_a_server_error", "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "unsupported_method"}
    assert {(operation.path, operation.method, operation.status) for operation in OPERATIONS} <= reached
