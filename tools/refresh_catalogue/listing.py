"""What Amazon Bedrock lists in each Region: models and inference profiles."""

from contextlib import closing
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError


@dataclass
class Listing:
    """
    What was read, Region by Region.

    Attributes
    ----------
    models : dict
        Region to model id to its summary of ListFoundationModels.
    profiles : dict
        Region to the ids of ListInferenceProfiles, a set.
    unread : dict
        Region to why it could not be read.
    """

    models: dict = field(default_factory=dict)
    profiles: dict = field(default_factory=dict)
    unread: dict = field(default_factory=dict)

    @property
    def regions(self):
        """The Regions that were read, in the order asked for."""
        return list(self.models)

    def of_model(self, model_id):
        """Region to a model's summary, where it is listed."""
        listed = self.models.items()
        return {r: models[model_id] for r, models in listed if model_id in models}

    def geographies(self, model_id):
        """A model's profiles: geography to the Regions that list it."""
        found = {}
        for region_name, ids in self.profiles.items():
            for profile_id in ids:
                geography, _, bare = profile_id.partition(".")
                if bare == model_id:
                    found.setdefault(geography, []).append(region_name)
        return found


def read_listing(session, regions):
    """
    Ask Bedrock of each Region for its models and profiles.

    Parameters
    ----------
    session : boto3.Session
    regions : iterable of str

    Returns
    -------
    Listing
        Regions that answer with an error, such as those the account has not
        switched on, are among ``unread``.
    """
    listing = Listing()
    for region_name in regions:
        try:
            with closing(session.client("bedrock", region_name=region_name)) as bedrock:
                models, profiles = _models(bedrock), _profiles(bedrock)
        except (BotoCoreError, ClientError) as error:
            listing.unread[region_name] = str(error)
        else:
            listing.models[region_name] = models
            listing.profiles[region_name] = profiles
    return listing


def _models(bedrock):
    summaries = bedrock.list_foundation_models()["modelSummaries"]
    return {summary["modelId"]: summary for summary in summaries}


def _profiles(bedrock):
    pages = bedrock.get_paginator("list_inference_profiles")
    return {
        profile["inferenceProfileId"]
        for page in pages.paginate(typeEquals="SYSTEM_DEFINED")
        for profile in page["inferenceProfileSummaries"]
    }
