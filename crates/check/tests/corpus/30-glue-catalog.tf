data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "glue" {
  statement {
    sid = "GrantCatalogAccessToGlue"
    actions = [
      "glue:BatchCreatePartition", "glue:CreateDatabase", "glue:CreateTable", "glue:GetDatabase",
      "glue:GetDatabases", "glue:GetPartitions", "glue:GetTable", "glue:GetTables", "glue:UpdateTable",
    ]
    resources = ["*"]
  }
}
resource "aws_iam_role" "glue" {
  name = "glue-etl"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "glue" {
  role   = aws_iam_role.glue.id
  policy = data.aws_iam_policy_document.glue.json
}
resource "aws_iam_instance_profile" "glue" {
  name = "glue-etl"
  role = aws_iam_role.glue.name
}
resource "databricks_instance_profile" "glue" { instance_profile_arn = aws_iam_instance_profile.glue.arn }
resource "databricks_cluster" "glue" {
  cluster_name  = "glue"
  spark_version = "15.4.x-scala2.12"
  node_type_id  = "i3.xlarge"
  num_workers   = 2
  spark_conf    = { "spark.databricks.hive.metastore.glueCatalog.enabled" = "true" }
  aws_attributes { instance_profile_arn = databricks_instance_profile.glue.arn }
}
