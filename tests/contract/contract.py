# SPDX-License-Identifier: MIT
"""What the contract test needs to know of openapi.yaml.

contract.py operations FILE          every operation, as `hark routes` prints it: METHOD PATH, then `none` or `key`
contract.py strict FILE              the document that Schemathesis gets
contract.py examples FILE URL        posts the examples of every request body; ADMIN_KEY and WRITE_KEY are in the environment
"""

import json
import os
import sys

import jsonschema_rs
import requests
import yaml

METHODS = ("get", "put", "post", "delete", "patch")

# project is for keys of an organization, and the test has one of a project; a cursor can't be made up; updated_since excludes
# from and to, and would be beside them in most of what is generated.
LEFT_OUT = ("project", "cursor", "updated_since")

BUILT_IN_ANSWERS = {
    "additionalProperties": False,
    "properties": {
        "nps": {"type": ["integer", "null"], "minimum": 0, "maximum": 10},
        "csat": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
        "ces": {"type": ["integer", "null"], "minimum": 1, "maximum": 7},
    },
}

# A reply without an end.
ENDLESS = "/v1/metrics/stream"


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def print_operations(document):
    for method, path, operation in operations(document):
        print(method, path, "key" if operation.get("security", document["security"]) else "none")


def close(schema):
    """Objects whose members are all described take no others: what the server sends beyond them is not in the contract."""
    if isinstance(schema, list):
        for inner in schema:
            close(inner)
    if isinstance(schema, dict):
        for inner in schema.values():
            close(inner)
        if schema.get("type") == "object" and "required" in schema and "properties" in schema:
            # Schemathesis overlooks additionalProperties in replies.
            if "additionalProperties" not in schema:
                schema["propertyNames"] = {"enum": list(schema["properties"])}


def resolve(document, parameter):
    return document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]] if "$ref" in parameter else parameter


def make_strict(document):
    schemas = document["components"]["schemas"]
    close(schemas)
    # The project of the test declares none.
    schemas["Dimensions"]["maxProperties"] = 0
    # A pattern would have times made up from it, of any century.
    del schemas["Time"]["pattern"]
    del document["paths"][ENDLESS]
    # Surveys that are made up get keys that no made up answer has: what an answer may hold is then what the built-in questions ask.
    key = document["components"]["parameters"]["SurveyKey"]
    key["schema"]["pattern"] = "^made-up-[a-z0-9 %/é]{1,50}$"
    key["example"] = "made-up-stay"
    for name in ("Answers", "ChangedAnswers"):
        schemas[name].update(BUILT_IN_ANSWERS)
    schemas["NewResponse"]["properties"]["survey_version"] = {"type": "null"}
    schemas["Answers"]["anyOf"] = [{"required": [key], "properties": {key: {"type": "integer"}}} for key in ("nps", "csat", "ces")]
    for _, _, operation in operations(document):
        parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
        operation["parameters"] = [parameter for parameter in parameters if parameter["name"] not in LEFT_OUT]
        content = operation.get("requestBody", {}).get("content", {})
        # Not JSON documents: their examples are posted by `examples`.
        for media_type in ("application/x-ndjson", "text/plain"):
            content.pop(media_type, None)
        # In an array each object has its own verdict: a wrong one is a 200 with a rejection, never a 4xx.
        for media in content.values():
            if "oneOf" in media["schema"]:
                media["schema"] = media["schema"]["oneOf"][0]
                media.get("examples", {}).pop("bulk", None)
    return document


def example_bodies(media_type, media):
    values = [example["value"] for example in media.get("examples", {}).values()]
    if "example" in media:
        values.append(media["example"])
    return [value if media_type in ("application/x-ndjson", "text/plain") else json.dumps(value) for value in values]


def post(url, method, path, media_type, body):
    headers = {"Content-Type": media_type}
    parameters = {}
    if media_type == "text/plain":
        parameters["key"] = os.environ["WRITE_KEY"]
    else:
        headers["Authorization"] = "Bearer " + os.environ["ADMIN_KEY"]
    path = path.replace("{id}", "0192f1c4-7c1b-7d3a-9f5e-2b6c8d4e1f00").replace("{key}", "stay")
    return requests.request(method, url + path, params=parameters, headers=headers, data=body.encode(), timeout=30)


def fault_of(document, operation, reply):
    described = operation["responses"].get(str(reply.status_code))
    if reply.status_code not in (200, 201):
        return f"{reply.status_code} {reply.text}"
    if described is None:
        return f"{reply.status_code} is not described"
    schema = {"components": document["components"], **described["content"]["application/json"]["schema"]}
    errors = [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(reply.json())]
    return "; ".join(errors)


def post_examples(document, url):
    close(document["components"]["schemas"])
    faults = 0
    for method, path, operation in operations(document):
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
            for body in example_bodies(media_type, media):
                fault = fault_of(document, operation, post(url, method, path, media_type, body))
                if fault:
                    faults += 1
                    print(f"{method} {path} {media_type} {body}: {fault}")
    return faults


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    if sys.argv[1] == "operations":
        print_operations(document)
    elif sys.argv[1] == "strict":
        json.dump(make_strict(document), sys.stdout, indent=1)
    elif sys.argv[1] == "examples":
        sys.exit(1 if post_examples(document, sys.argv[3]) else 0)


main()
