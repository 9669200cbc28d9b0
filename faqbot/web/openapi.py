"""The table of operations and the schema → an OpenAPI 3.1 document."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from faqbot import __version__
from faqbot.site_files import SITE
from faqbot.web import problems
from faqbot.web.routes import Operation
from faqbot.web.schema import Problem, ProblemCode

_TEMPLATE = "#/components/schemas/{model}"
_JSON = "application/json"


def document(operations: Iterable[Operation[Any]], title: str = "", *, has_sites: bool = False) -> dict[str, Any]:
    """The document as plain JSON values; with the paths of other sites where there may be some."""
    table = tuple(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
        if has_sites and operation.path.startswith("/v1/"):
            paths.setdefault(f"/v1/sites/{{site}}{operation.path.removeprefix('/v1')}", {})[operation.method.lower()] = _operation_of_site(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__},
        "paths": paths,
        "components": {"schemas": _schemas(table)},
    }


def _operation(operation: Operation[Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary, "responses": _responses(operation)}
    if operation.has_body:
        described["requestBody"] = {"required": True, "content": _content(_JSON, operation.input) | _content("text/plain", operation.input)}
    elif parameters := _parameters(operation):
        described["parameters"] = parameters
    return described


def _operation_of_site(operation: Operation[Any]) -> dict[str, Any]:
    """The same on another site of the server, which may not be there."""
    described = _operation(replace(operation, problems=tuple(dict.fromkeys((*operation.problems, ProblemCode.NOT_FOUND, ProblemCode.NOT_READY)))))
    site = {"name": "site", "in": "path", "required": True, "description": "사이트 이름", "schema": {"type": "string", "pattern": SITE}}
    return described | {"operationId": f"{operation.name}_of_site", "parameters": [site, *described.get("parameters", ())]}


def _parameters(operation: Operation[Any]) -> list[dict[str, Any]]:
    schema = operation.input.model_json_schema(ref_template=_TEMPLATE)
    required = schema.get("required", ())
    return [
        {"name": name, "in": "path" if f"{{{name}}}" in operation.path else "query", "required": name in required, "schema": described}
        for name, described in schema.get("properties", {}).items()
    ]


def _responses(operation: Operation[Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary}
    if operation.output:
        good["content"] = _content(_JSON, operation.output)
    responses: dict[str, Any] = {str(operation.status): good}
    for code in sorted((*operation.problems, ProblemCode.INTERNAL_ERROR), key=problems.STATUS.__getitem__):
        response = responses.setdefault(str(problems.STATUS[code]), {"description": "", "content": _content(problems.MEDIA_TYPE, Problem)})
        response["description"] = ", ".join(filter(None, (response["description"], code)))
    return responses


def _content(media_type: str, model: type[BaseModel]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _TEMPLATE.format(model=model.__name__)}}}


def _schemas(table: Iterable[Operation[Any]]) -> dict[str, Any]:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for operation in table:
        if operation.output:
            models.append((operation.output, "serialization"))
        if operation.has_body:
            models.append((operation.input, "validation"))
    _, definitions = models_json_schema(models, ref_template=_TEMPLATE)
    return dict(sorted(definitions["$defs"].items()))
