# What a role may do on a resource, by IAM's own answer.

variable "role" {
  type = string
}

variable "actions" {
  type = list(string)
}

variable "resource" {
  type = string
}

data "aws_iam_principal_policy_simulation" "asked" {
  policy_source_arn = var.role
  action_names      = var.actions
  resource_arns     = [var.resource]
}

output "decisions" {
  value = {
    for result in data.aws_iam_principal_policy_simulation.asked.results :
    result.action_name => result.decision
  }
}
