"""Races with IAM, and what clients do about them."""

import sys
import time

from instance import control, launch, profile, role
from rolecall import client, equal, refused

mode = sys.argv[1] if len(sys.argv) > 1 else "seed:42"
control("propagation", {"mode": mode})
# The clock stands still, so that every refusal is for the expected reason.
control("clock/freeze", {})
role("etl")
profile("wear", "etl")
refused(
    "InvalidParameterValue",
    launch,
    "wear",
    message="Value (wear) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
)
why = control("decisions/last")
assert any("exists since 0 s, EC2 sees it at" in hint for hint in why["hints"]), why["hints"]
assert all(hint.endswith("a race, not a typo") for hint in why["hints"]), why["hints"]

# What Terraform does: try again for two minutes. A second a try here.
told = []
for second in range(120):
    try:
        launch("wear")
        break
    except client("ec2").exceptions.ClientError as error:
        told.append(error.response["Error"]["Message"])
        control("clock/advance", {"seconds": 1})
else:
    raise AssertionError("it never came")
assert 1 <= len(told) <= 11, told
# A typo stays one.
refused("InvalidParameterValue", launch, "waer")
# And so does a role where a profile is needed.
refused("InvalidParameterValue", launch, "etl")
hint = "`etl` is a role; EC2 takes instance profiles, which have roles: `wear` has it"
equal(control("decisions/last")["hints"], [hint])
equal(control("decisions")[0]["operation"], "ec2:RunInstances")
control("propagation", {"mode": "off"})
control("clock/resume", {})
role("late")
profile("late", "late")
launch("late")
