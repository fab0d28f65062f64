"""Causes and cures of what no refusal of the service explains.

Errors of boto3 itself, codes without a known wording, and stop reasons.
"""

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectionError,
    CredentialRetrievalError,
    InvalidEndpointConfigurationError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
    SSOError,
    TokenRetrievalError,
    UnknownServiceError,
)

from bedrock_helpers.exceptions import (
    AccountChangeRefused,
    BudgetExceeded,
    NoCredentials,
)
from bedrock_helpers.pricing import UnknownPriceError

#: Also for urllib3's errors, which boto3 lets through while a stream is read.
BROKEN_CONNECTION = (
    "the connection broke while the reply was read; what arrived is incomplete",
    "throw the partial text away and call again",
)
#: What boto3 or this package raises: class, cause, cure; the first that fits counts.
CLIENT_SIDE = (
    (
        NoCredentialsError,
        "boto3 found no credentials",
        'bh.connect("live") lists the ways to provide them',
    ),
    (NoRegionError, "boto3 knows no Region", 'bh.connect(region_name="us-east-1")'),
    (
        ParamValidationError,
        "boto3 refused the call before sending it: a name, a type or a minimum",
        "correct what the message names",
    ),
    (
        (TokenRetrievalError, SSOError, CredentialRetrievalError),
        "the sign-in behind your profile has run out",
        "aws sso login",
    ),
    (LoginError, "the sign-in behind your profile has run out", "aws login"),
    (
        PartialCredentialsError,
        "only half of a key pair was found",
        "set both: the access key id and the secret access key",
    ),
    (
        ConnectionClosedError,
        "the connection broke before an answer came",
        "call again; boto3 has retried already",
    ),
    (
        ReadTimeoutError,
        "no answer within the client's read timeout (60 s unless set)",
        "stream the reply, or Config(read_timeout=…)",
    ),
    (
        ResponseStreamingError,
        *BROKEN_CONNECTION,
    ),
    (
        SSLError,
        "the certificate of the other side is not trusted here",
        "behind a company's proxy, let AWS_CA_BUNDLE name its certificate",
    ),
    (
        InvalidEndpointConfigurationError,
        "an Amazon Bedrock API key is set, and boto3 sends it over https only",
        "for an address with http://, unset AWS_BEARER_TOKEN_BEDROCK",
    ),
    (
        ProfileNotFound,
        "AWS_PROFILE or profile_name names a profile this machine does not have",
        "aws configure list-profiles shows those there are",
    ),
    (
        UnknownServiceError,
        "boto3 has no service of that name",
        '"bedrock" lists, "bedrock-runtime" calls models: session.client("bedrock")',
    ),
    (
        ConnectionError,
        "no connection: no network, a proxy, or a Region without Bedrock",
        "check the network and session.region_name",
    ),
    (
        NoCredentials,
        "live mode found nothing to sign with",
        "one of the ways the message lists, or stay offline: bh.connect()",
    ),
    (
        AccountChangeRefused,
        "this course sends nothing that changes an account unasked",
        "name the operation as the message shows, if you mean it",
    ),
    (
        BudgetExceeded,
        "the call could have cost more than is left of this session's budget",
        "lower maxTokens, or connect again with a larger budget_usd",
    ),
    (
        UnknownPriceError,
        "a session with a budget calls no model whose price is unknown",
        "choose one of bh.pricing.known_ids()",
    ),
)
#: Where no wording of data/errors.json fits: by the error's code.
BY_CODE = {
    "AccessDeniedException": (
        "a policy does not allow this (IAM, an SCP or an endpoint policy)",
        "allow the action the message names on both profile and model ARNs",
    ),
    "InvalidSignatureException": (
        "the signature does not match: a wrong secret key or a wrong clock",
        "set this machine's clock, then check the keys",
    ),
    "RequestExpired": (
        "this machine's clock is wrong by more than a few minutes",
        "set the clock (turn on network time)",
    ),
    "ValidationException": (
        "the service refused a value of the request",
        "correct what the message names",
    ),
    "InternalServerException": (
        "a fault of the service",
        "call again; boto3 has retried already",
    ),
    "ModelNotReadyException": (
        "the model is not ready to answer yet",
        "wait and call again; boto3 has retried already",
    ),
    "ServiceUnavailableException": (
        "the service is overloaded or down",
        "wait and call again, or use a profile of several Regions",
    ),
    "ThrottlingException": (
        "a quota is used up",
        "read which one the message names; wait, or ask for a higher one",
    ),
    "NotAvailableOffline": (
        "the offline Bedrock does not have this; AWS does",
        'bh.connect("live"), with an account',
    ),
}
_COMPLETE, _NO_CURE = "nothing is wrong: ", "none is needed"
#: Why a reply ended, by its stopReason.
STOP_REASONS = {
    "end_turn": (_COMPLETE + "the model had finished", _NO_CURE),
    "stop_sequence": (_COMPLETE + "one of your stop sequences came", _NO_CURE),
    "tool_use": (
        _COMPLETE + "the model asks for a tool",
        "run the tool, send its toolResult in the next message",
    ),
    "max_tokens": (
        "the reply is cut off: it reached maxTokens, or the model's own limit",
        "raise maxTokens, or ask for a shorter answer",
    ),
    "model_context_window_exceeded": (
        "the reply is cut off: with the prompt it filled the context window",
        "shorten the conversation, or choose a model with a larger window",
    ),
    "content_filtered": (
        "a content filter stopped the reply",
        "take it for no answer; change what is asked",
    ),
    "guardrail_intervened": (
        "a guardrail of the request stepped in",
        'take it for no answer; guardrailConfig with trace "enabled" says why',
    ),
    "malformed_model_output": (
        "what the model wrote could not be read",
        "throw it away and call again",
    ),
    "malformed_tool_use": (
        "the model's tool call could not be read",
        "throw it away and call again; a simpler tool schema may help",
    ),
}
UNKNOWN_STOP = (
    "a stop reason this course does not know",
    "do not rely on the reply before you know what it means",
)
