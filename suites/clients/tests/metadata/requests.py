"""The metadata of an instance as curl sees it."""

import base64
import json
import time

from instance import control, endpoint, launch, metadata, profile, role
from rolecall import client, equal, refused

role("etl")
profile("wear", "etl")
tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "one"}]}]
# Amazon Linux 2023 asks for version 2 unless told otherwise.
both = {"HttpTokens": "optional"}
instance = launch("wear", UserData="#!/bin/sh\necho hello\n", TagSpecifications=tags, MetadataOptions=both)
other = launch(MetadataOptions={"InstanceMetadataTags": "enabled"}, TagSpecifications=tags)
base = endpoint(instance)
equal(endpoint(instance), base)
assert endpoint(other) != base


def get(path, at=base, **headers):
    return metadata(at, path, **headers)[:2]


def token(at=base, ttl="60", **headers):
    status, body, _ = metadata(
        at, "/latest/api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds=ttl, **headers
    )
    return body if status == 200 else status


shown = client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
equal(get("/latest/meta-data/instance-id"), (200, instance))
equal(get("/latest/meta-data/local-ipv4"), (200, shown["PrivateIpAddress"]))
equal(get("/latest/meta-data/hostname"), (200, shown["PrivateDnsName"]))
equal(get("/latest/meta-data/placement/availability-zone"), (200, shown["Placement"]["AvailabilityZone"]))
equal(get("/latest/meta-data/iam/security-credentials/"), (200, "etl"))
equal(get("/latest/meta-data/iam/security-credentials-extended/")[0], 404)
equal(get("/latest/user-data"), (200, "#!/bin/sh\necho hello\n"))
equal(get("/latest/meta-data/tags/instance/Name")[0], 404)
mac = get("/latest/meta-data/mac")[1]
interface = f"/latest/meta-data/network/interfaces/macs/{mac}"
equal(get(f"{interface}/subnet-id"), (200, shown["SubnetId"]))
equal(get(f"{interface}/vpc-id"), (200, shown["VpcId"]))
equal(get(f"{interface}/security-group-ids"), (200, shown["SecurityGroups"][0]["GroupId"]))
equal(get("/latest/meta-data/security-groups"), (200, shown["SecurityGroups"][0]["GroupName"]))
equal(get(f"{interface}/vpc-ipv4-cidr-block"), (200, "172.31.0.0/16"))
document = json.loads(get("/latest/dynamic/instance-identity/document")[1])
equal((document["instanceId"], document["accountId"]), (instance, "000000000000"))
signature = base64.b64decode(get("/latest/dynamic/instance-identity/signature")[1])
equal(len(signature), 256)
assert control("instance-identity/certificate").startswith("-----BEGIN CERTIFICATE-----")

# Version 2 alone, and tokens of their own for each instance.
strict = endpoint(other)
equal(get("/latest/meta-data/instance-id", strict)[0], 401)
equal(get("/latest/meta-data/instance-id", strict, X_aws_ec2_metadata_token=token())[0], 401)
good = {"X_aws_ec2_metadata_token": token(strict)}
equal(get("/latest/meta-data/instance-id", strict, **good), (200, other))
equal(get("/latest/meta-data/tags/instance/", strict, **good), (200, "Name"))
equal(get("/latest/meta-data/tags/instance/Name", strict, **good), (200, "one"))
equal(get("/latest/meta-data/iam/", strict, **good)[0], 404)
equal([token(ttl=ttl) for ttl in ("0", "21601", "x")], [400, 400, 400])
equal(token(X_Forwarded_For="10.0.0.1"), 403)

# Options change at once.
ec2 = client("ec2")
ec2.modify_instance_metadata_options(InstanceId=instance, HttpEndpoint="disabled")
equal(get("/latest/meta-data/")[0], 403)
ec2.modify_instance_metadata_options(InstanceId=instance, HttpEndpoint="enabled", HttpTokens="required")
equal(get("/latest/meta-data/")[0], 401)

# A listener goes with its instance, a moment after it.
ec2.terminate_instances(InstanceIds=[instance])
until = time.monotonic() + 10
while time.monotonic() < until:
    try:
        get("/latest/meta-data/instance-id")
    except OSError:
        break
    time.sleep(0.01)
else:
    raise AssertionError("a terminated instance answers")
