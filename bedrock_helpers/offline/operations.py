"""Which function answers which operation of Bedrock."""

from bedrock_helpers.offline import access, control, invoke, runtime

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
    "Converse": runtime.converse,
    "ConverseStream": runtime.converse_stream,
    "CountTokens": runtime.count_tokens,
    "InvokeModel": invoke.invoke_model,
    "InvokeModelWithResponseStream": invoke.invoke_model_with_response_stream,
}
#: Of those, what existed on launch day.
LAUNCH_OPERATIONS = (
    "ListFoundationModels",
    "GetFoundationModel",
    "InvokeModel",
    "InvokeModelWithResponseStream",
)
