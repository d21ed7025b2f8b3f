"""The stack comes to its end, and there are as many roles as it has; then it goes."""

import sys
import time

from rolecall import client, equal

number = int(sys.argv[1])
cloudformation, iam = client("cloudformation"), client("iam")
name = f"s{number}"


def status():
    return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


while status().endswith("_IN_PROGRESS"):
    time.sleep(0.05)
equal(status(), "ROLLBACK_COMPLETE" if number % 2 else "CREATE_COMPLETE")


def roles():
    pages = iam.get_paginator("list_roles").paginate()
    return sorted(role["RoleName"] for page in pages for role in page["Roles"])


pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
found = [it for page in pages for it in page["StackResourceSummaries"] if it["ResourceStatus"] == "CREATE_COMPLETE"]
equal(sorted(it["PhysicalResourceId"] for it in found), roles())
equal(len(found), 0 if number % 2 else 120)
cloudformation.delete_stack(StackName=name)
cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
equal(roles(), [])
