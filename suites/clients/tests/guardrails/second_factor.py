"""A virtual MFA device: its codes let a user in, and each counts once."""

import base64
import hashlib
import hmac
import struct
import time

from rolecall import client, equal, refused, user

anna = user(
    "anna",
    {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
)
iam = client("iam")
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
serial = device["SerialNumber"]
equal(serial, "arn:aws:iam::000000000000:mfa/phone")
assert device["QRCodePNG"].startswith(b"\x89PNG")
seed = base64.b32decode(device["Base32StringSeed"])


def code(steps=0):
    counter = struct.pack(">q", int(time.time()) // 30 + steps)
    digest = hmac.new(seed, counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06}"


# Not at the end of a step, so that the codes stay the same for a moment.
if time.time() % 30 > 26:
    time.sleep(30 - time.time() % 30)
refused("InvalidAuthenticationCode", iam.enable_mfa_device, UserName="anna", SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000001")
iam.enable_mfa_device(UserName="anna", SerialNumber=serial, AuthenticationCode1=code(-2), AuthenticationCode2=code(-1))
equal([one["SerialNumber"] for one in iam.list_mfa_devices(UserName="anna")["MFADevices"]], [serial])

sts = client("sts", anna)
refused("AccessDenied", client("iam", anna).list_users)
refused("AccessDenied", sts.get_session_token, SerialNumber=serial, TokenCode="000000")
now = code()
given = sts.get_session_token(SerialNumber=serial, TokenCode=now)["Credentials"]
session = client("iam", (given["AccessKeyId"], given["SecretAccessKey"]), given["SessionToken"])
equal([one["UserName"] for one in session.list_users()["Users"]], ["anna"])
# Whoever saw the code cannot use it again.
refused("AccessDenied", sts.get_session_token, SerialNumber=serial, TokenCode=now)
refused("DeleteConflict", iam.delete_user, UserName="anna")
iam.deactivate_mfa_device(UserName="anna", SerialNumber=serial)
iam.delete_virtual_mfa_device(SerialNumber=serial)
equal(iam.list_virtual_mfa_devices()["VirtualMFADevices"], [])
