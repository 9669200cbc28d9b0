import json

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from faqbot.web import problems
from faqbot.web.openapi import document
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
    pages = {"/", "/faq/<path:entry_id>", "/static/<path:filename>", "/openapi.json"}
    routed = {
        (rule.rule.replace("<path:", "{").replace(">", "}"), method) for rule in app.url_map.iter_rules() if rule.rule not in pages for method in rule.methods
    }
    documented = {(path, method.upper()) for path, item in spec["paths"].items() for method in item}
    assert {operation for operation in routed if operation[1] not in {"HEAD", "OPTIONS"}} == documented


def test_every_reference_leads_to_a_schema_and_every_schema_is_used(spec):
    schemas = {f"#/components/schemas/{name}" for name in spec["components"]["schemas"]}
    assert references(spec) == schemas


def test_every_operation_lists_its_problems(spec):
    for operation in OPERATIONS:
        responses = spec["paths"][operation.path][operation.method.lower()]["responses"]
        expected = {problems.STATUS[code] for code in (*operation.problems, ProblemCode.INTERNAL_ERROR)}
        assert set(responses) == {"200", *map(str, expected)}
        assert all(set(response["content"]) == {"application/problem+json"} for status, response in responses.items() if status != "200")


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


def test_every_operation_keeps_its_contract(app):
    """All phases and checks of schemathesis: examples, boundaries, fuzzing within the schema and against it, chains of calls."""
    config = SchemathesisConfig.from_dict({"seed": 2026, "generation": {"max-examples": 30, "deterministic": True, "database": "none"}})
    events = list(from_schema(schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)).execute())
    checks = [check for event in events if isinstance(event, ScenarioFinished) for found in event.recorder.checks.values() for check in found]
    assert [str(check.failure_info.failure) for check in checks if check.failure_info] == []
    assert [str(event.info) for event in events if isinstance(event, NonFatalError | FatalError)] == []
    assert {"negative_data_rejection", "positive_data_acceptance", "unsupported_method"} <= {check.name for check in checks}
