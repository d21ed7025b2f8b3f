#!/usr/bin/env python3
"""Exchanges bytes with botocore, AWS's own client library.

Writes what botocore sends for the inputs below to `requests/`, and reads the answers that the tests of
this crate wrote to `answers/` with botocore's parsers: what botocore read goes beside each answer as
JSON, and an answer of which botocore dropped a part is an error.

    pip install botocore
    WIRE_BLESS=1 cargo test -p wire --test botocore   # writes answers/
    python3 crates/wire/tests/botocore/exchange.py    # writes requests/ and answers/*.json
"""

import datetime
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.parsers
import botocore.serialize
import botocore.session

HERE = pathlib.Path(__file__).resolve().parent
TRUST = (
    '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Allow", "Principal": '
    '{"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]\n}'
)

REQUESTS = {
    "iam.CreateRole": {
        "RoleName": "reader+1",
        "AssumeRolePolicyDocument": TRUST,
        "Path": "/team/",
        "Description": "Grüße, 世界 & <co> 100%",
        "MaxSessionDuration": 7200,
        "Tags": [{"Key": "a=b&c", "Value": "x y+z"}, {"Key": "empty", "Value": ""}],
    },
    "iam.UntagRole": {"RoleName": "reader", "TagKeys": []},
    "iam.SimulatePrincipalPolicy": {
        "PolicySourceArn": "arn:aws:iam::000000000000:user/ann",
        "ActionNames": ["s3:GetObject", "s3:PutObject"],
        "ContextEntries": [
            {
                "ContextKeyName": "aws:CurrentTime",
                "ContextKeyValues": ["2026-01-31T12:00:00Z"],
                "ContextKeyType": "date",
            },
            {"ContextKeyName": "s3:prefix", "ContextKeyValues": ["a/", "b/"], "ContextKeyType": "stringList"},
        ],
    },
    "iam.CreatePolicyVersion": {
        "PolicyArn": "arn:aws:iam::000000000000:policy/p",
        "PolicyDocument": "{}",
        "SetAsDefault": True,
    },
    "sts.AssumeRole": {
        "RoleArn": "arn:aws:iam::000000000000:role/reader",
        "RoleSessionName": "me@example.com",
        "DurationSeconds": 900,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "Tags": [{"Key": "Project", "Value": "x"}],
        "TransitiveTagKeys": ["Project"],
        "ExternalId": "e-1",
    },
    "cloudformation.CreateStack": {
        "StackName": "s",
        "TemplateBody": "Resources:\r\n  R:\r\n    Type: AWS::IAM::Role\r\n",
        "Parameters": [
            {"ParameterKey": "A", "ParameterValue": "1"},
            {"ParameterKey": "B", "UsePreviousValue": True},
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        "DisableRollback": False,
        "RollbackConfiguration": {"MonitoringTimeInMinutes": 0},
    },
    "ec2.RunInstances": {
        "ImageId": "ami-1",
        "InstanceType": "m5.large",
        "MinCount": 1,
        "MaxCount": 2,
        "UserData": "#!/bin/sh\n",
        "SecurityGroupIds": ["sg-1", "sg-2"],
        "IamInstanceProfile": {"Name": "reader"},
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8, "Encrypted": True}},
            {"DeviceName": "/dev/sdb", "NoDevice": ""},
        ],
        "NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1", "Groups": ["sg-3"]}],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "a b"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": ""}]},
        ],
        "ClientToken": "terraform-1",
    },
    "ec2.DescribeVpcs": {
        "Filters": [
            {"Name": "vpc-id", "Values": ["vpc-%d" % n for n in range(1, 12)]},
            {"Name": "is-default", "Values": ["true"]},
        ],
        "MaxResults": 5,
        "DryRun": False,
    },
    "ec2.ModifyVpcAttribute": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}},
    "cloudtrail.LookupEvents": {
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateRole"}],
        "StartTime": datetime.datetime(2026, 1, 31, 12, 0, 0, tzinfo=datetime.timezone.utc),
        "MaxResults": 50,
    },
    "organizations.CreatePolicy": {
        "Content": '{"Version":"2012-10-17"}',
        "Description": "Grüße",
        "Name": "deny",
        "Type": "SERVICE_CONTROL_POLICY",
        "Tags": [],
    },
}

PARSERS = {"query": "query", "ec2": "ec2", "json": "json"}
SERIALIZERS = {"query": "query", "ec2": "ec2", "json": "json"}


def model_of(name):
    service, operation = name.split(".")[:2]
    service_model = botocore.session.get_session().get_service_model(service)
    return service_model, service_model.operation_model(operation)


def write_requests():
    for name, parameters in REQUESTS.items():
        service_model, operation_model = model_of(name)
        protocol = service_model.metadata["protocol"]
        serializer = botocore.serialize.create_serializer(SERIALIZERS[protocol])
        if name == "ec2.RunInstances":
            # A handler of botocore does this before serializing.
            import base64

            encoded = base64.b64encode(parameters["UserData"].encode()).decode()
            parameters = {**parameters, "UserData": encoded}
        request = serializer.serialize_to_request(parameters, operation_model)
        body = request["body"]
        if protocol != "json":
            # As botocore's `AWSPreparedRequest` sends it: quoted by urlencode, spaces as `+`.
            body = urllib.parse.urlencode(body).encode()
        (HERE / "requests" / name).write_bytes(body)


def leaves(element):
    children = list(element)
    return [element] if not children else [leaf for child in children for leaf in leaves(child)]


def count_values(value):
    if isinstance(value, dict):
        return max(1, sum(count_values(item) for item in value.values()))
    if isinstance(value, list):
        return max(1, sum(count_values(item) for item in value))
    return 1


def check_nothing_dropped(path, parsed, body):
    """Every leaf of the document must have become a value (or, in a map, a key)."""
    root = ElementTree.fromstring(body)
    strip = lambda element: element.tag.split("}")[-1]
    ignored = {"RequestId", "requestId", "RequestID"}
    expected = [leaf for leaf in leaves(root) if strip(leaf) not in ignored]
    keys = [leaf for leaf in expected if strip(leaf) == "key" and "GetAccountSummary" in path.name]
    values = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    found = count_values(values) if values else 0
    if len(expected) - len(keys) != found:
        sys.exit(f"{path}: {len(expected)} leaves, botocore read {found}: {parsed}")


def default(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    raise TypeError(type(value))


def read_answers():
    for path in sorted((HERE / "answers").iterdir()):
        if path.suffix == ".json":
            continue
        status = int(path.suffix[1:])
        service_model, operation_model = model_of(path.name)
        protocol = service_model.metadata["protocol"]
        parser = botocore.parsers.create_parser(PARSERS[protocol])
        body = path.read_bytes()
        response = {"status_code": status, "headers": {}, "body": body}
        parsed = parser.parse(response, operation_model.output_shape)
        parsed["ResponseMetadata"].pop("HTTPHeaders")
        unit = operation_model.output_shape is None
        if protocol != "json" and status == 200 and not unit:
            check_nothing_dropped(path, parsed, body)
        text = json.dumps(parsed, indent=1, default=default, ensure_ascii=False, sort_keys=True)
        path.with_name(path.name + ".json").write_text(text + "\n")


write_requests()
read_answers()
