"""Public parameters with boto3, and instances that are launched by them."""

from rolecall import client, equal, refused, user

ssm, ec2 = client("ssm"), client("ec2")
LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
UBUNTU = "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id"

# One, several, all below a path: every value is an image that there is.
linux = ssm.get_parameter(Name=LINUX)["Parameter"]
equal((linux["Type"], linux["DataType"]), ("String", "text"))
equal(linux["ARN"], f"arn:aws:ssm:us-east-1::parameter{LINUX}")
assert linux["LastModifiedDate"].year > 2020, linux
found = ssm.get_parameters(Names=[LINUX, UBUNTU, "/mine"], WithDecryption=True)
equal({one["Name"] for one in found["Parameters"]}, {LINUX, UBUNTU})
equal(found["InvalidParameters"], ["/mine"])
pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/aws/service", Recursive=True)
images = {one["Value"] for page in pages for one in page["Parameters"]}
assert len(images) > 30, images
equal({image["ImageId"] for image in ec2.describe_images(ImageIds=sorted(images))["Images"]}, images)
refused("ParameterNotFound", ssm.get_parameter, Name="/mine")
refused("NotImplemented", ssm.put_parameter, Name="/mine", Value="x", Type="String")

# Another region has other images.
assert client("ssm", region_name="eu-west-1").get_parameter(Name=LINUX)["Parameter"]["Value"] != linux["Value"]

# Whoever may read it launches by it, and the instance has the image.
launch = {"ImageId": f"resolve:ssm:{LINUX}", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
equal(ec2.run_instances(**launch)["Instances"][0]["ImageId"], linux["Value"])
refused("SsmInvalidParameter", ec2.run_instances, **{**launch, "ImageId": "resolve:ssm:/mine"})
key = user("anna", ("Allow", "ec2:*", "*"))
denied = refused("UnauthorizedOperation", client("ec2", key=key).run_instances, **launch)
assert f"ssm:GetParameters on resource: arn:aws:ssm:us-east-1::parameter{LINUX}" in denied["Error"]["Message"], denied
text = (
    "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: ssm:GetParameter on resource: "
    f"arn:aws:ssm:us-east-1::parameter{LINUX} because no identity-based policy allows the ssm:GetParameter action"
)
refused("AccessDeniedException", client("ssm", key=key).get_parameter, Name=LINUX, message=text)
