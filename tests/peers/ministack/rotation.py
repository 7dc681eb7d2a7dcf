"""Rotation by Secrets Manager as AWS does it, in place of MiniStack's own.

Asked to rotate, AWS puts AWSPENDING on a version without a value and calls the function of the secret, step by step; as long as
another version than the current one is pending, it refuses to begin another rotation. Only the function moves labels. What AWS
does besides, and this does not: it tries a rotation again whose step has failed.
"""

import json
import threading
import time
from contextvars import copy_context

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import lambda_svc, secretsmanager

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def install():
    secretsmanager._rotate_secret = rotate
    by_itself = secretsmanager.handle_request

    async def handle_request(method, path, headers, body, query_params):
        if headers.get("x-amz-target", "").endswith(".CancelRotateSecret"):
            return cancel(json.loads(body))
        return await by_itself(method, path, headers, body, query_params)

    secretsmanager.handle_request = handle_request


def rotate(data):
    secret, refusal = wanted(data)
    if refusal:
        return refusal
    function = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function:
        return refused("No Lambda rotation function ARN is associated with this secret.")
    token = data.get("ClientRequestToken") or new_uuid()
    pending, _ = secretsmanager._find_stage_version(secret, "AWSPENDING")
    current, _ = secretsmanager._find_stage_version(secret, "AWSCURRENT")
    if data.get("RotateImmediately", True) and pending not in (None, current, token):
        return refused("A previous rotation isn't complete. That rotation will be reattempted.")
    secret["RotationLambdaARN"] = function
    secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
    secret["RotationEnabled"] = True
    if data.get("RotateImmediately", True) and token not in secret["Versions"]:
        now = int(time.time())
        secret["Versions"][token] = {"SecretString": None, "SecretBinary": None, "CreatedDate": now, "Stages": ["AWSPENDING"]}
        threading.Thread(target=copy_context().run, args=(carry_out, secret, token), daemon=True).start()
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})


def cancel(data):
    secret, refusal = wanted(data)
    if refusal:
        return refusal
    secret["RotationEnabled"] = False
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"]})


def carry_out(secret, token):
    for step in STEPS:
        if not taken(secret, step, token):
            return


def taken(secret, step, token):
    func, config, _ = lambda_svc._get_func_record_for_ref(secret["RotationLambdaARN"])
    if not func or not config:
        return False
    event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
    result = lambda_svc._execute_function_with_config_scope(lambda_svc._execution_record_for_config(func, config), event)
    return not result.get("error")


def wanted(data):
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret:
        return None, error_response_json("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)
    if secret.get("DeletedDate"):
        return None, refused("The secret was marked for deletion.")
    return secret, None


def refused(message):
    return error_response_json("InvalidRequestException", message, 400)
