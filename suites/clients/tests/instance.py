"""An instance with a role, and its metadata."""

import json
import os
import urllib.error
import urllib.request

from rolecall import client, policy, trust

EC2 = trust({"Service": "ec2.amazonaws.com"})


def role(name, *statements, document=EC2):
    """Makes a role with an inline policy."""
    iam = client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=policy(*statements))


def profile(name, of):
    """Makes an instance profile with a role in it."""
    iam = client("iam")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=of)


def launch(profile_name=None, **more):
    """Launches an instance; the answer is its id."""
    ec2 = client("ec2")
    x86 = [{"Name": "architecture", "Values": ["x86_64"]}]
    image = ec2.describe_images(Owners=["amazon"], Filters=x86)["Images"][0]["ImageId"]
    if profile_name:
        more["IamInstanceProfile"] = {"Name": profile_name}
    made = ec2.run_instances(ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1, **more)
    return made["Instances"][0]["InstanceId"]


def control(path, value=None):
    """Asks the control API: GET, or POST of a value."""
    body = None if value is None else json.dumps(value).encode()
    request = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/_rolecall/{path}", data=body)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text.startswith((b"{", b"[")) else text.decode()


def endpoint(instance):
    return control(f"instances/{instance}")["metadata_endpoint"]


def become(instance):
    """From here on the process is a program on the instance."""
    for name in list(os.environ):
        if name.startswith("AWS_") and name not in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
            del os.environ[name]
    os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = endpoint(instance)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def metadata(base, path, method="GET", **headers):
    """Status, body and headers of a request for metadata."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(base + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers
