variable "trust_policy" { type = string }
variable "role_names" { type = set(string) }
variable "policy_arns" { type = list(string) }
variable "enabled" { type = bool }
resource "aws_iam_role" "each" {
  for_each           = var.role_names
  name               = each.value
  assume_role_policy = var.trust_policy
}
resource "aws_iam_role_policy_attachment" "all" {
  for_each   = var.role_names
  role       = aws_iam_role.each[each.value].name
  policy_arn = var.policy_arns[0]
}
resource "aws_iam_instance_profile" "maybe" {
  count = var.enabled ? 1 : 0
  name  = "maybe"
  role  = var.enabled ? values(aws_iam_role.each)[0].name : null
}
resource "aws_instance" "maybe" {
  count                = var.enabled ? 1 : 0
  ami                  = "ami-0abcdef1234567890"
  instance_type        = "t3.micro"
  iam_instance_profile = aws_iam_instance_profile.maybe[0].name
}
