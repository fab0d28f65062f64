"""Short-term API keys, made as AWS's own generator makes them: nothing is asked."""

import base64

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

LEARNER_KEYS = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "offline"}


def short_term_key(keys=LEARNER_KEYS, seconds=12 * 3600):
    """The short-term API key of whoever has these keys."""
    names = "AccessKeyId", "SecretAccessKey", "SessionToken"
    credentials = Credentials(*map(keys.get, names))
    request = AWSRequest(
        "POST",
        "https://bedrock.amazonaws.com/",
        headers={"host": "bedrock.amazonaws.com"},
        params={"Action": "CallWithBearerToken"},
    )
    SigV4QueryAuth(credentials, "bedrock", "us-east-1", expires=seconds).add_auth(
        request
    )
    address = request.url.removeprefix("https://") + "&Version=1"
    return "bedrock-api-key-" + base64.b64encode(address.encode()).decode()
