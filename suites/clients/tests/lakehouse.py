"""What the scripts of Databricks' half share: a workspace's clients, roles with profiles, clusters, commands."""

import json
import os
import urllib.request

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import compute

from rolecall import client, policy, trust

ACCOUNT = "000000000000"
DATABRICKS_ACCOUNT = "11111111-2222-4333-8444-555555555555"
CROSS_ACCOUNT = "databricks-cross-account"
EC2 = {"Service": "ec2.amazonaws.com"}


def workspace(token="dapi-rolecall-admin"):
    return WorkspaceClient(host=os.environ["ROLECALL_WORKSPACE"], token=token)


def account():
    return AccountClient(
        host=os.environ["ROLECALL_ACCOUNT"],
        account_id=DATABRICKS_ACCOUNT,
        client_id="rolecall-admin",
        client_secret="rolecall-secret",
    )


def fails(words, call, *arguments, code=None, **parameters):
    """`call` must be refused by Databricks with these words, and this code if one is given."""
    try:
        answer = call(*arguments, **parameters)
    except DatabricksError as refusal:
        assert words in str(refusal), f"\n{refusal}\nand not\n{words}"
        assert code in (None, refusal.error_code), f"{refusal.error_code} and not {code}: {refusal}"
        return str(refusal)
    raise AssertionError(f"not refused with `{words}`: {answer}")


def control(path, body=None):
    """Asks the control API, such as for `decisions/last`; the answer's text."""
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    url = f"{os.environ['ROLECALL_AWS']}/_rolecall/{path}"
    with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer:
        return answer.read().decode()


def advance(minutes):
    """Advances the clouds' clock."""
    control("clock/advance", {"seconds": minutes * 60})


def why(error=None):
    """What `rolecall why last` tells, or `rolecall why --error ERROR`."""
    if error is None:
        return control("decisions/last?format=text&colour=false&all=false")
    return control("why?format=text&colour=false&all=false", error)


def role_with_profile(name, *statements):
    """A role that EC2 may assume, in an instance profile of the same name; the answer is both ARNs."""
    iam = client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(EC2))["Role"]["Arn"]
    may(name, *statements)
    made = iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return role, made["InstanceProfile"]["Arn"]


def may(role, *statements, name="access"):
    """Gives a role an inline policy of these statements, or takes it away if there are none."""
    iam = client("iam")
    if statements:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy(*statements))
        return
    try:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    except iam.exceptions.NoSuchEntityException:
        pass


def let_pass(*roles):
    """Lets the first workspace's cross-account role pass these roles."""
    may(CROSS_ACCOUNT, ("Allow", "iam:PassRole", list(roles)), name="pass-role")


def cluster(w, profile=None, **more):
    """A small cluster that runs."""
    if profile:
        more["aws_attributes"] = compute.AwsAttributes(instance_profile_arn=profile)
    more.setdefault("num_workers", 0)
    made = w.clusters.create(
        spark_version=w.clusters.select_spark_version(long_term_support=True),
        node_type_id=w.clusters.select_node_type(local_disk=True),
        **more,
    ).result()
    assert made.state == compute.State.RUNNING, made.state_message
    return made.cluster_id


def run(w, cluster_id, command, language=compute.Language.PYTHON):
    """Runs a command in a context of its own; the answer is its results."""
    commands = w.command_execution
    context = commands.create_and_wait(cluster_id=cluster_id, language=language)
    done = commands.execute_and_wait(
        cluster_id=cluster_id, context_id=context.id, language=language, command=command
    )
    commands.destroy(cluster_id=cluster_id, context_id=context.id)
    return done.results


def text(w, cluster_id, command):
    """Runs a command that must succeed; the answer is its text."""
    results = run(w, cluster_id, command)
    assert results.result_type == compute.ResultType.TEXT, results
    return results.data


def error(w, cluster_id, command):
    """Runs a command that must fail; the answer is the cause."""
    results = run(w, cluster_id, command)
    assert results.result_type == compute.ResultType.ERROR, results
    assert results.summary.startswith('<span class="ansi-red-fg">'), results.summary
    return results.cause


def mount_script(name, source, configs="{}", encryption=""):
    """What is particular to the script by which the official Terraform provider mounts."""
    return f"""
def safe_mount(mount_point, mount_source, configs, encryptionType):
    if any(m.mountPoint == mount_point and m.source == mount_source for m in dbutils.fs.mounts()):
        return
    try:
        dbutils.fs.mount(mount_source, mount_point, extra_configs=configs, encryption_type=encryptionType)
        return mount_source
    except Exception as e:
        dbutils.fs.unmount(mount_point)
        raise e
mount_source = safe_mount("/mnt/{name}", "{source}", {configs}, "{encryption}")
dbutils.notebook.exit(mount_source)
"""


def source_script(name):
    return f"""
for mount in dbutils.fs.mounts():
    if mount.mountPoint == "/mnt/{name}":
        dbutils.notebook.exit(mount.source)
raise Exception("Mount not found")
"""


def unmount_script(name):
    return f"""
mount_point = "/mnt/{name}"
if not any(mount.mountPoint == mount_point for mount in dbutils.fs.mounts()):
    dbutils.notebook.exit("success")
dbutils.fs.unmount(mount_point)
if any(mount.mountPoint == mount_point for mount in dbutils.fs.mounts()):
    raise Exception("Failed to unmount")
dbutils.notebook.exit("success")
"""
