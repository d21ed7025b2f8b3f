"""What the scripts share: clients, and refusals that must come."""

import json

import boto3
import botocore.exceptions
from botocore.config import Config


def client(service, key=None, token=None, **more):
    """A boto3 client: as the root user, or with an access key (id, secret)."""
    if key:
        more.update(aws_access_key_id=key[0], aws_secret_access_key=key[1])
    if token:
        more.update(aws_session_token=token)
    # What is wrong is for the server to refuse, not for the client.
    return boto3.client(service, config=Config(parameter_validation=False), **more)


def refused(code, call, /, *arguments, message=None, **parameters):
    """`call` must be refused with this code, and this text if one is given. The answer is the error."""
    try:
        answer = call(*arguments, **parameters)
    except botocore.exceptions.ClientError as error:
        told = error.response["Error"]
        assert told["Code"] == code, f"{told['Code']} and not {code}: {told['Message']}"
        if message is not None:
            assert told["Message"] == message, f"\n{told['Message']}\nand not\n{message}"
        return error.response
    raise AssertionError(f"not refused with {code}: {answer}")


def equal(found, expected):
    assert found == expected, f"\n{found!r}\nand not\n{expected!r}"


def policy(*statements):
    """A policy document. A statement is (effect, actions, resources) or a dictionary."""
    def statement(given):
        if isinstance(given, dict):
            return given
        effect, action, resource = given
        return {"Effect": effect, "Action": action, "Resource": resource}

    return json.dumps({"Version": "2012-10-17", "Statement": [statement(one) for one in statements]})


def trust(principal, condition=None, action="sts:AssumeRole"):
    """A trust policy for one principal, such as {"Service": "ec2.amazonaws.com"}."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return policy(statement)


def user(name, *statements):
    """Makes a user with an inline policy; the answer is its access key."""
    iam = client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(*statements))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return made["AccessKeyId"], made["SecretAccessKey"]
