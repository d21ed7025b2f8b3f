"""Templates of every broken kind: CloudFormation's own error, and nothing is made."""

import json

from rolecall import client, equal, refused

cloudformation = client("cloudformation")
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


def check(body, message, code="ValidationError"):
    refused(code, cloudformation.create_stack, StackName="broken", TemplateBody=body, message=message)
    refused(code, cloudformation.validate_template, TemplateBody=body)


def resources(**members):
    return json.dumps({"Resources": members})


def many(number):
    return resources(**{f"H{index}": HANDLE for index in range(number)})


check("a: [", "Template format error: YAML not well-formed. (line 1, column 5)")
check('{"Resources": {', "Template format error: JSON not well-formed. (line 1, column 16)")
check("Resources:\n\tA: 1\n", "Template format error: YAML not well-formed. (line 2, column 2)")
check("Resources: {}\nResources: {}\n", "Template format error: YAML not well-formed. (line 2, column 1)")
check("just text", "Template format error: unsupported structure.")
check("- a\n- b\n", "Template format error: unsupported structure.")
check("Resources:\n  A: &a {Type: AWS::CloudFormation::WaitConditionHandle}\n  B: *a\n", "Template format error: YAML aliases are not allowed in CloudFormation templates")
check(resources(), "Template format error: At least one Resources member must be defined.")
check("Description: none\n", "Template format error: At least one Resources member must be defined.")
check(json.dumps({"Resource": {}, "Resources": {"A": HANDLE}}), "Invalid template property or properties [Resource]")
check(resources(A={"Properties": {}}), "Template format error: [/Resources/A] Every Resources object must contain a Type member.")
check(resources(A={**HANDLE, "Propertys": {}}), "Invalid template resource property 'Propertys'")
check(resources(**{"A-B": HANDLE}), "Template format error: Resource name A-B is non alphanumeric.")
check(resources(A={"Type": "AWS::Nothing::Here"}), "Template format error: Unrecognized resource types: [AWS::Nothing::Here]")
check(resources(A={**HANDLE, "DependsOn": "B"}), "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")
check(resources(A={"Type": "AWS::IAM::User", "Properties": {"UserName": {"Ref": "B"}}}), "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")
check(resources(A={"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::GetAtt": ["A"]}}}), "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute")
check(resources(A=HANDLE, B={"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::GetAtt": ["A", "Arn"]}}}), "Template error: resource A does not support attribute type Arn in Fn::GetAtt")
check(resources(A={"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::If": ["No", "a", "b"]}}}), "Template error: unresolved condition dependency No in Fn::If")
check(json.dumps({"AWSTemplateFormatVersion": "2012-10-17", "Resources": {"A": HANDLE}}), "Template format error: 2012-10-17 is not a supported value for AWSTemplateFormatVersion.")
check(json.dumps({"Parameters": {"P": {"Type": "Text"}}, "Resources": {"A": HANDLE}}), "Template format error: Unrecognized parameter type: Text")
check(resources(A={**HANDLE, "Metadata": None}), "Template format error: [/Resources/A/Metadata] 'null' values are not allowed in templates")
check(many(501), "Template format error: Number of resources, 501, is greater than maximum allowed, 500")
check("Resources: " + "[" * 70 + "]" * 70, None)
check(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": HANDLE}}), None, "NotImplemented")
check(json.dumps({"Rules": {"R": {"Assertions": []}}, "Resources": {"A": HANDLE}}), "rolecall does not model the section `Rules` of templates", "NotImplemented")
check(resources(A={**HANDLE, "CreationPolicy": {}}), "rolecall does not model `CreationPolicy`, which waits for signals", "NotImplemented")
check(resources(A={**HANDLE, "UpdatePolicy": {}}), "rolecall does not model `UpdatePolicy`, which has CodeDeploy move an alias", "NotImplemented")

message = "Circular dependency between resources: [A, B]"
circle = resources(A={**HANDLE, "DependsOn": "B"}, B={**HANDLE, "DependsOn": "A"})
refused("ValidationError", cloudformation.create_stack, StackName="broken", TemplateBody=circle, message=message)
unknown = resources(A={"Type": "AWS::IAM::User", "Properties": {"UserName": {"Fn::Nonsense": "x"}}})
error = refused("ValidationError", cloudformation.create_stack, StackName="broken", TemplateBody=unknown)
assert error["Error"]["Message"].startswith("Template error: Encountered unsupported function: Fn::Nonsense Supported functions are: ["), error

# Parameters.
with_parameters = json.dumps({
    "Parameters": {
        "Size": {"Type": "Number", "MinValue": 1, "MaxValue": 3, "Default": "2"},
        "Name": {"Type": "String", "AllowedPattern": "[a-z]+"},
        "Kind": {"Type": "String", "AllowedValues": ["a", "b"], "Default": "a"},
        "Key": {"Type": "AWS::EC2::KeyPair::KeyName", "Default": "none"},
    },
    "Resources": {"A": HANDLE},
})


def parameters(message, **values):
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
    refused("ValidationError", cloudformation.create_stack, StackName="broken", TemplateBody=with_parameters, Parameters=given, message=message)


parameters("Parameters: [Name] must have values")
parameters("Parameters: [Other] do not exist in the template", Name="a", Other="b")
parameters("Parameter 'Size' must be a number not greater than 3", Name="a", Size="4")
parameters("Parameter 'Size' must be a number", Name="a", Size="x")
parameters("Parameter 'Name' must match pattern [a-z]+", Name="A")
parameters("Parameter 'Kind' must be one of AllowedValues", Name="a", Kind="c")
parameters("Parameter validation failed: parameter value none for parameter name Key does not exist", Name="a")

# Nothing was made; as many resources as there may be are.
equal(cloudformation.list_stacks()["StackSummaries"], [])
cloudformation.create_stack(StackName="full", TemplateBody=many(500))
cloudformation.get_waiter("stack_create_complete").wait(StackName="full", WaiterConfig={"Delay": 1, "MaxAttempts": 20})

# A stack that is being changed cannot be changed.
error = refused("ValidationError", cloudformation.update_stack, StackName="none", TemplateBody=many(1))
equal(error["Error"]["Message"], "Stack [none] does not exist")
