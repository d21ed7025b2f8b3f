"""Functions from their making to their end; packages from the request and from S3; who may make one with which role."""

import base64
import hashlib
import io
import json
import os
import urllib.request
import zipfile

from rolecall import client, equal, refused, trust, user

iam, s3, functions = client("iam"), client("s3"), client("lambda")
ROLE = "arn:aws:iam::000000000000:role/f"
INVALID = "InvalidParameterValueException"


def package(text, size=0):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", text)
        archive.writestr("data", os.urandom(size))
    return made.getvalue()


def create(lambda_=functions, name="f", code=None, **more):
    given = {"Role": ROLE, "Runtime": "python3.13", "Handler": "app.handler", **more}
    return lambda_.create_function(FunctionName=name, Code=code or {"ZipFile": SMALL}, **given)


def is_package(configuration, package):
    equal(configuration["CodeSize"], len(package))
    digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
    equal(configuration["CodeSha256"], digest)


SMALL, LARGE = package("one"), package("two", size=3_000_000)
iam.create_role(RoleName="f", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
iam.create_role(RoleName="ec2", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))

# The role.
cannot = "The role defined for the function cannot be assumed by Lambda."
for role in ("ec2", "missing"):
    refused(INVALID, create, Role=ROLE.replace("/f", "/" + role), message=cannot)
iam.create_instance_profile(InstanceProfileName="f")
profile = ROLE.replace("role/", "instance-profile/")
pattern = "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"
refused(
    "ValidationException", create, Role=profile,
    message=f"1 validation error detected: Value '{profile}' at 'role' failed to satisfy constraint: Member must "
    f"satisfy regular expression pattern: {pattern}",
)
maker = user("maker", ("Allow", ["lambda:*", "s3:List*"], "*"))
as_maker = client("lambda", key=maker)
error = refused("AccessDeniedException", create, as_maker)
assert "is not authorized to perform: iam:PassRole on resource: " + ROLE in error["Error"]["Message"], error
equal(functions.list_functions()["Functions"], [])

# From the request.
made = create()
is_package(made, SMALL)
functions.get_waiter("function_active_v2").wait(FunctionName="f")
functions.update_function_code(FunctionName="f", ZipFile=package("three"))
functions.get_waiter("function_updated_v2").wait(FunctionName="f")
refused("ResourceConflictException", create, message="Function already exist: f")

# From S3: small ones stand in a row, large ones in files; and one version of several.
s3.create_bucket(Bucket="packages")
s3.put_bucket_versioning(Bucket="packages", VersioningConfiguration={"Status": "Enabled"})
first = s3.put_object(Bucket="packages", Key="f.zip", Body=SMALL)["VersionId"]
s3.put_object(Bucket="packages", Key="f.zip", Body=LARGE)
s3.put_object(Bucket="packages", Key="text", Body=b"hello")
is_package(create(name="large", code={"S3Bucket": "packages", "S3Key": "f.zip"}), LARGE)
code = {"S3Bucket": "packages", "S3Key": "f.zip", "S3ObjectVersion": first}
is_package(create(name="small", code=code), SMALL)
is_package(functions.update_function_code(FunctionName="small", S3Bucket="packages", S3Key="f.zip"), LARGE)
is_package(functions.get_function(FunctionName="small")["Configuration"], LARGE)


def from_s3(message, bucket="packages", key="f.zip", code=INVALID, lambda_=functions, **more):
    source = {"S3Bucket": bucket, "S3Key": key, **more}
    error = refused(code, create, lambda_, name="g", code=source, message=message)
    refused(code, lambda_.update_function_code, FunctionName="small", **source, message=message)
    return error


says = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}".format
from_s3(says("NoSuchKey", "The specified key does not exist."), key="g.zip")
from_s3(says("NoSuchBucket", "The specified bucket does not exist"), bucket="nowhere")
from_s3("Could not unzip uploaded file. Please check your file, then try to upload again.", key="text")
west = client("s3", region_name="us-west-2")
west.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
west.put_object(Bucket="far", Key="f.zip", Body=SMALL)
from_s3(
    says("PermanentRedirect", "The bucket is in this region: us-west-2. Please use this region to retry the request"),
    bucket="far",
)

# The package is read as the caller.
iam.put_user_policy(UserName="maker", PolicyName="pass", PolicyDocument=json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE},
}))
denied = (
    "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for "
    "packages/f.zip. S3 Error Code: AccessDenied. S3 Error Message: User: arn:aws:iam::000000000000:user/maker is not "
    'authorized to perform: s3:GetObject on resource: "arn:aws:s3:::packages/f.zip" because no identity-based policy '
    "allows the s3:GetObject action"
)
error = from_s3(denied, code="AccessDeniedException", lambda_=as_maker)
request = error["ResponseMetadata"]["RequestId"]
with urllib.request.urlopen(f"{os.environ['ROLECALL_AWS']}/_rolecall/decisions/{request}") as answer:
    told = answer.read().decode()
assert "s3:GetObject" in told and "lambda:CreateFunction" in told, told
iam.put_user_policy(UserName="maker", PolicyName="read", PolicyDocument=json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::packages/*"},
}))
is_package(create(as_maker, name="mine", code={"S3Bucket": "packages", "S3Key": "f.zip"}), LARGE)

# Whoever may not make functions learns nothing of objects.
nobody = client("lambda", key=user("nobody"))
error = refused("AccessDeniedException", create, nobody, code={"S3Bucket": "packages", "S3Key": "g.zip"})
assert "lambda:CreateFunction" in error["Error"]["Message"], error

# The rest of what Terraform and CloudFormation ask for.
equal(functions.get_function_code_signing_config(FunctionName="f")["FunctionName"], "f")
functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=7)
equal(functions.get_function(FunctionName="f")["Concurrency"], {"ReservedConcurrentExecutions": 7})
functions.delete_function_concurrency(FunctionName="f")
refused("ResourceNotFoundException", functions.get_policy, FunctionName="f")
functions.add_permission(
    FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
    SourceArn="arn:aws:s3:::packages",
)
statement = json.loads(functions.get_policy(FunctionName="f")["Policy"])["Statement"][0]
equal(statement["Condition"], {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::packages"}})
for name in ("f", "large", "small", "mine"):
    functions.delete_function(FunctionName=name)
equal(functions.list_functions()["Functions"], [])

# What is not modelled is refused by name, not as something that is forbidden.
for call, parameters, action in [
    (functions.list_layers, {}, "ListLayers"),
    (functions.get_function_url_config, {"FunctionName": "f"}, "GetFunctionUrlConfig"),
    (functions.delete_event_source_mapping, {"UUID": "1"}, "DeleteEventSourceMapping"),
    (functions.invoke, {"FunctionName": "f"}, "InvokeFunction"),
]:
    error = refused("NotImplemented", call, **parameters)
    assert f"lambda:{action} " in error["Error"]["Message"], error
