"""Which function answers which operation of Bedrock."""

from bedrock_helpers.offline import (
    access,
    application_profiles,
    apply_guardrail,
    control,
    guardrails,
    invoke,
    logging_config,
    provisioned,
    runtime,
    tags,
)

#: What the offline Bedrock can do today, and which function does it.
OPERATIONS = {
    "ListFoundationModels": control.list_foundation_models,
    "GetFoundationModel": control.get_foundation_model,
    "ListInferenceProfiles": control.list_inference_profiles,
    "GetInferenceProfile": control.get_inference_profile,
    "GetFoundationModelAvailability": access.get_foundation_model_availability,
    "ListFoundationModelAgreementOffers": (
        access.list_foundation_model_agreement_offers
    ),
    "CreateFoundationModelAgreement": access.create_foundation_model_agreement,
    "DeleteFoundationModelAgreement": access.delete_foundation_model_agreement,
    "PutUseCaseForModelAccess": access.put_use_case_for_model_access,
    "GetUseCaseForModelAccess": access.get_use_case_for_model_access,
    "CreateInferenceProfile": application_profiles.create_inference_profile,
    "DeleteInferenceProfile": application_profiles.delete_inference_profile,
    "CreateProvisionedModelThroughput": (
        provisioned.create_provisioned_model_throughput
    ),
    "GetProvisionedModelThroughput": provisioned.get_provisioned_model_throughput,
    "ListProvisionedModelThroughputs": provisioned.list_provisioned_model_throughputs,
    "UpdateProvisionedModelThroughput": (
        provisioned.update_provisioned_model_throughput
    ),
    "DeleteProvisionedModelThroughput": (
        provisioned.delete_provisioned_model_throughput
    ),
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
    "CreateGuardrail": guardrails.create_guardrail,
    "GetGuardrail": guardrails.get_guardrail,
    "ListGuardrails": guardrails.list_guardrails,
    "UpdateGuardrail": guardrails.update_guardrail,
    "DeleteGuardrail": guardrails.delete_guardrail,
    "CreateGuardrailVersion": guardrails.create_guardrail_version,
    "ApplyGuardrail": apply_guardrail.apply_guardrail,
    "PutModelInvocationLoggingConfiguration": (
        logging_config.put_model_invocation_logging_configuration
    ),
    "GetModelInvocationLoggingConfiguration": (
        logging_config.get_model_invocation_logging_configuration
    ),
    "DeleteModelInvocationLoggingConfiguration": (
        logging_config.delete_model_invocation_logging_configuration
    ),
    "Converse": runtime.converse,
    "ConverseStream": runtime.converse_stream,
    "CountTokens": runtime.count_tokens,
    "InvokeModel": invoke.invoke_model,
    "InvokeModelWithResponseStream": invoke.invoke_model_with_response_stream,
}
#: Of those, what existed on launch day (botocore 1.31.57; provisioned throughput
#: came with 1.31.58, on 2023-10-02).
LAUNCH_OPERATIONS = (
    "ListFoundationModels",
    "GetFoundationModel",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "InvokeModel",
    "InvokeModelWithResponseStream",
)
