module "platform" {
  source      = "./platform"
  environment = "prod"
}
resource "aws_instance" "bastion" {
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  iam_instance_profile = module.platform.bastion_profile
}
