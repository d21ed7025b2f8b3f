variable "environment" {}
module "bastion" {
  source = "../profile"
  name   = "bastion-${var.environment}"
}
output "bastion_profile" { value = module.bastion.profile_name }
