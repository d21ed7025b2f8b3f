"""Every constraint that the public API model of IAM and STS puts on an operation's input, broken one at a time: each
is refused with `ValidationError` and the sentence of AWS's for it, and what is not modelled by name."""

import json
import os
import re
import sys

import botocore.session
from rolecall import client

# The inputs of the server's own tests: valid ones of every operation that it has.
FIXTURES = sys.argv[1]
CLIENTS = {service: client(service) for service in ["iam", "sts"]}
SESSION = botocore.session.get_session()
# Placeholders of the inputs, and what is valid where one stands.
VALID = {
    "CertificateId": "A" * 24, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SerialNumber": "arn:aws:iam::000000000000:mfa/anna", "JobId": "0" * 36,
    "DeletionTaskId": "task/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot/0", "token": "a.b.c",
}


# Sentences of IAM's own, which it says in the place of a pattern's.
OWN = re.compile(r"The specified value for \w+ is invalid\. It must |.* is invalid$", re.S)
# What is right although it is said otherwise, with the reason.
OTHERWISE = {
    # Tags of EC2 and IAM are one type here, and EC2's may have no value: it becomes the empty one.
    (None, "Tags[].Value"): "",
    # A request has 2 MiB at most (docs/fidelity/server.md).
    (None, "SAMLMetadataDocument"): "RequestEntityTooLarge",
    # Its own code comes before.
    ("UploadSSHPublicKey", "SSHPublicKeyBody"): "InvalidPublicKey",
    ("UploadSigningCertificate", "CertificateBody"): "MalformedCertificate",
    ("AssumeRole", "TransitiveTagKeys[]"): "InvalidParameterValue",
}


def is_right(operation, where, text, code, message):
    if code == "ValidationError":
        # A list's members are told one by one, or as a whole with the constraints of its kind.
        other = where.endswith("[]") and "failed to satisfy constraint: Member must " in message
        return text in message or other or ("pattern" in text and OWN.match(message) is not None)
    if code == "NotImplemented":
        return f"does not model the parameter {where.split('[')[0].split('.')[0]} of " in message
    expected = OTHERWISE.get((operation, where), OTHERWISE.get((None, where)))
    # What stands for an empty code: a tag without a value reaches the operation.
    return expected is not None and (code == expected or (expected == "" and text == "must not be null"))


def filled(value):
    if isinstance(value, dict):
        return json.dumps(filled(value["$json"])) if "$json" in value else {k: filled(v) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{([^}:]+)\}", lambda found: VALID.get(found[1].split(".")[-1], "x" * 20), value)
    return value


def matches(pattern, text):
    try:
        return re.fullmatch(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"), text) is not None
    except re.error:
        return True


def broken(shape):
    """What breaks a constraint of a shape, and what the sentence must say of it."""
    meta = shape.metadata
    least, most = meta.get("min"), meta.get("max")
    if shape.type_name == "string":
        if shape.enum:
            yield "nonsense", "Member must satisfy enum value set"
            return
        pattern = meta.get("pattern")
        filler = next((c for c in "a0/:" if not pattern or matches(pattern, c * max(least or 1, 1))), "a")
        if least:
            yield filler * (least - 1), f"Member must have length greater than or equal to {least}"
        if most:
            yield filler * (most + 1), f"Member must have length less than or equal to {most}"
        for wrong in ["a b", "a!b", "a\u0007b", "a\u20acb"]:
            wrong = wrong + "a" * max(0, (least or 0) - 3)
            if pattern and not matches(pattern, wrong):
                yield wrong, "Member must satisfy regular expression pattern: "
                break
    elif shape.type_name in ("integer", "long"):
        if least is not None:
            yield least - 1, f"Member must have value greater than or equal to {least}"
        if most is not None:
            yield most + 1, f"Member must have value less than or equal to {most}"


def changes(shape, valid, at=""):
    """Inputs that break one constraint: the input, where, and what the sentence must say."""
    for name, member in shape.members.items():
        here = f"{at}{name}"
        if name in shape.required_members and name in valid:
            yield {k: v for k, v in valid.items() if k != name}, here, "must not be null"
        if member.type_name in ("string", "integer", "long"):
            for wrong, text in broken(member):
                yield {**valid, name: wrong}, here, text
        elif member.type_name == "list":
            items = valid.get(name) or []
            most = member.metadata.get("max")
            if most and items:
                more = [{**items[0], "Key": f"k{n}"} if isinstance(items[0], dict) and "Key" in items[0] else items[0]
                        for n in range(most + 1)]
                yield {**valid, name: more}, here, f"Member must have length less than or equal to {most}"
            if member.member.type_name == "structure" and items and isinstance(items[0], dict):
                for changed, where, text in changes(member.member, items[0], f"{here}[]."):
                    yield {**valid, name: [changed, *items[1:]]}, where, text
            elif member.member.type_name == "string":
                for wrong, text in broken(member.member):
                    yield {**valid, name: [wrong]}, f"{here}[]", "Member must satisfy constraint: ["
        elif member.type_name == "structure" and isinstance(valid.get(name), dict):
            for changed, where, text in changes(member, valid[name], f"{here}."):
                yield {**valid, name: changed}, where, text


def told(service, operation, given):
    calls = CLIENTS[service]
    name = next(n for n, o in calls.meta.method_to_api_mapping.items() if o == operation)
    try:
        getattr(calls, name)(**given)
    except calls.exceptions.ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return "", "done"


# Who credentials that cannot be read would be of.
CLIENTS["iam"].create_user(UserName="anna")
wrong, count = [], 0
for service in ["iam", "sts"]:
    model = SESSION.get_service_model(service)
    for operation, case in json.load(open(os.path.join(FIXTURES, f"{service}.json")))["operations"].items():
        shape = model.operation_model(operation).input_shape
        if shape is None:
            continue
        for given, where, text in changes(shape, filled(case.get("input", {}))):
            count += 1
            code, message = told(service, operation, given)
            if not is_right(operation, where, text, code, message):
                wrong.append(f"{operation} {where} must say `{text}`: {code}: {message[:300]}")
print(f"{count} constraints broken")
assert count > 500, "the model has more constraints"
assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong)
