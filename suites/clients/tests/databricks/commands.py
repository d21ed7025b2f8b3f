"""Commands on clusters: the scripts of mounts and the three statements on files, as the cluster's role."""

from databricks.sdk.service import compute

from lakehouse import (
    EC2, cluster, error, fails, let_pass, may, mount_script, role_with_profile, run, source_script, text,
    unmount_script, workspace,
)
from rolecall import client, equal, trust

w, s3, iam = workspace(), client("s3"), client("iam")

READ = [
    ("Allow", "s3:ListBucket", "arn:aws:s3:::lake"),
    ("Allow", ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::lake/*"),
]
role, profile = role_with_profile("lake-reader")
let_pass(role)
w.instance_profiles.add(profile)
for bucket in ["lake", "other"]:
    s3.create_bucket(Bucket=bucket)
s3.put_object(Bucket="lake", Key="raw/it's.csv", Body="a,b\n1,2\n")
s3.put_object(Bucket="lake", Key="raw/deep/x", Body="x" * 2049)
reader, bare = cluster(w, profile), cluster(w)

# Without permission, then without a bucket, then it works, and once more.
why = error(w, reader, mount_script("lake", "s3a://lake"))
assert "java.nio.file.AccessDeniedException: s3a://lake/: getFileStatus on s3a://lake/" in why, why
assert "assumed-role/lake-reader/i-" in why and "s3:ListBucket" in why, why
assert "Status Code: 403; Error Code: AccessDenied" in why, why
equal(error(w, reader, source_script("lake")), "Exception: Mount not found")
may("lake-reader", *READ)
why = error(w, reader, mount_script("lake", "s3a://nowhere-at-all"))
assert "java.io.FileNotFoundException: Bucket nowhere-at-all does not exist" in why, why
for _ in range(2):
    equal(text(w, reader, mount_script("lake", "s3a://lake")), "s3a://lake")
equal(text(w, reader, source_script("lake")), "s3a://lake")

# A cluster without a profile has no credentials, but sees what is mounted: mounts are the workspace's.
equal(text(w, bare, source_script("lake")), "s3a://lake")
why = error(w, bare, 'dbutils.fs.ls("/mnt/lake")')
assert "NoAuthWithAWSException" in why and "the cluster has no instance profile" in why, why

# Files, by mount and by URL.
listed = text(w, reader, 'dbutils.fs.ls("/mnt/lake/raw/")')
assert listed.startswith("Out[1]: [FileInfo(path='dbfs:/mnt/lake/raw/deep/', name='deep/', size=0, "), listed
assert '''FileInfo(path="dbfs:/mnt/lake/raw/it's.csv", name="it's.csv", size=8, ''' in listed, listed
equal(text(w, reader, '''dbutils.fs.head("dbfs:/mnt/lake/raw/it's.csv")'''), "Out[1]: 'a,b\\n1,2\\n'")
equal(text(w, reader, '''dbutils.fs.head("s3a://lake/raw/it's.csv")'''), "Out[1]: 'a,b\\n1,2\\n'")
equal(text(w, reader, 'dbutils.fs.put("/mnt/lake/made", "é\\n", True)'), "Wrote 3 bytes.\nOut[1]: True")
equal(s3.get_object(Bucket="lake", Key="made")["Body"].read().decode(), "é\n")
assert "size=3" in text(w, reader, 'dbutils.fs.ls("s3a://lake/made")')
for path in ["/mnt/lake/none", "s3a://lake/none", "/mnt/none"]:
    for call in ["ls", "head"]:
        why = error(w, reader, f'dbutils.fs.{call}("{path}")')
        assert "java.io.FileNotFoundException: No such file or directory: " in why, why
why = error(w, reader, 'dbutils.fs.head("s3a://other/x")')
assert "arn:aws:s3:::other" in why, why
why = error(w, reader, 'dbutils.fs.head("s3a://lake/raw/deep/x")')
assert "up to 2048 bytes" in why and "2049" in why, why
equal(len(text(w, reader, f'dbutils.fs.put("s3a://lake/most", "{"x" * 2048}", True)')), 30)
assert "has 2049" in error(w, reader, f'dbutils.fs.put("s3a://lake/more", "{"x" * 2049}", True)')

# Mounted elsewhere: refused, and the provider's script takes down what was there.
why = error(w, reader, mount_script("lake", "s3a://lake/raw"))
assert "requirement failed: Directory already mounted: /mnt/lake" in why, why
equal(error(w, reader, source_script("lake")), "Exception: Mount not found")
equal(text(w, reader, mount_script("lake", "s3a://lake/raw", encryption="sse-s3")), "s3a://lake/raw")
assert "it's.csv" in text(w, reader, 'dbutils.fs.ls("/mnt/lake")')
for _ in range(2):
    equal(text(w, reader, unmount_script("lake")), "success")
equal(error(w, reader, source_script("lake")), "Exception: Mount not found")

# What is not modelled says so.
for command in ["print(1)", "import os", "dbutils.fs.rm('s3a://lake/made')", "", "x" * 70_000]:
    assert error(w, reader, command).startswith("NotImplementedError: rolecall runs no code"), command
assert "extra_configs" in error(w, reader, mount_script("l", "s3a://lake", '{"fs.s3a.access.key": "x"}'))
assert "abfss" in error(w, reader, mount_script("l", "abfss://c@a.dfs.core.windows.net"))
assert "/tmp/x" in error(w, reader, 'dbutils.fs.head("/tmp/x")')
assert "without access keys" in error(w, reader, 'dbutils.fs.ls("s3a://ID:SECRET@lake")')
assert "Unsupported encryption type: rot13" in error(w, reader, mount_script("l", "s3a://lake", encryption="rot13"))
equal(run(w, reader, "SELECT 1", compute.Language.SQL).result_type, compute.ResultType.ERROR)

# The role no longer trusts EC2; then the profile has no role.
iam.update_assume_role_policy(RoleName="lake-reader", PolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
why = error(w, reader, 'dbutils.fs.ls("s3a://lake")')
assert "No AWS Credentials provided" in why and "sts:AssumeRole" in why, why
iam.update_assume_role_policy(RoleName="lake-reader", PolicyDocument=trust(EC2))
iam.remove_role_from_instance_profile(InstanceProfileName="lake-reader", RoleName="lake-reader")
assert "has no role" in error(w, reader, 'dbutils.fs.ls("s3a://lake")')
iam.add_role_to_instance_profile(InstanceProfileName="lake-reader", RoleName="lake-reader")
text(w, reader, 'dbutils.fs.ls("s3a://lake")')

# Contexts and commands that are not there, and a cluster that does not run.
commands = w.command_execution
context = commands.create_and_wait(cluster_id=reader, language=compute.Language.PYTHON)
equal(context.status, compute.ContextStatus.RUNNING)
where = {"cluster_id": reader, "context_id": context.id}
waiting = commands.execute(command="print(1)", language=compute.Language.PYTHON, **where)
cancelled = commands.cancel_and_wait(command_id=waiting.command_id, **where)
equal(cancelled.status, compute.CommandStatus.CANCELLED)
fails("ContextNotFound: 1", commands.context_status, cluster_id=reader, context_id="1")
fails("ContextNotFound", commands.context_status, cluster_id=bare, context_id=context.id)
fails("CommandNotFound: 1", commands.command_status, command_id="1", **where)
fails("CommandNotFound: 1", commands.cancel, command_id="1", **where)
fails("Unsupported language: r", w.api_client.do, method="POST", path="/api/1.2/contexts/create",
      body={"clusterId": reader, "language": "r"})
fails("Cluster none does not exist", commands.create, cluster_id="none", language=compute.Language.SQL)
w.clusters.restart_and_wait(reader)
fails("ContextNotFound", commands.context_status, **where)
w.clusters.delete_and_wait(bare)
fails("unexpected state Terminated", commands.create, cluster_id=bare, language=compute.Language.SQL)

# A context keeps a hundred commands, a cluster 145 contexts.
context = commands.create_and_wait(cluster_id=reader, language=compute.Language.PYTHON)
where["context_id"] = context.id
ran = [commands.execute(command="print(1)", language=compute.Language.PYTHON, **where).command_id for _ in range(101)]
fails("CommandNotFound", commands.command_status, command_id=ran[0], **where)
commands.command_status(command_id=ran[1], **where)
for _ in range(144):
    commands.create(cluster_id=reader, language=compute.Language.PYTHON)
fails("Limit set to 145", commands.create, cluster_id=reader, language=compute.Language.PYTHON)

# With the cluster its contexts are gone.
w.clusters.permanent_delete(reader)
fails(f"Cluster {reader} does not exist", commands.context_status, **where)
