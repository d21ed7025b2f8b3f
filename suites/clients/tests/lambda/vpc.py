"""Functions in a VPC: what they name must be there, and their role must be able to make network interfaces."""

import base64

from rolecall import client, equal, refused, trust

iam, ec2, functions = client("iam"), client("ec2"), client("lambda")
# A zip file of one empty file.
ZIP = base64.b64decode(
    "UEsDBAoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUAwoAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAA"
    "AAABAAEALwAAAB8AAAAAAA=="
)
INVALID = "InvalidParameterValueException"
iam.create_role(RoleName="f", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]


def create(subnets, groups):
    return functions.create_function(
        FunctionName="f", Role="arn:aws:iam::000000000000:role/f", Runtime="python3.13", Handler="a.b",
        Code={"ZipFile": ZIP}, VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": groups},
    )


refused(
    INVALID, create, [subnet], [group],
    message="The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
)
refused(
    INVALID, create, [subnet], ["sg-0123456789abcdef0"],
    message="Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: "
    "The security group 'sg-0123456789abcdef0' does not exist",
)
managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
iam.attach_role_policy(RoleName="f", PolicyArn=managed)
made = create([subnet], [group])
equal(made["VpcConfig"]["VpcId"], vpc)
functions.get_waiter("function_active").wait(FunctionName="f")
updated = functions.update_function_configuration(
    FunctionName="f", VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}
)
assert "VpcConfig" not in updated, updated
