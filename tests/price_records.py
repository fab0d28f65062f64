"""Records of AWS's price list, in the form GetProducts gives them."""


def price_record(code, usage, usd="1", unit="1K tokens", **attributes):
    """
    One record with one price.

    Parameters
    ----------
    code : str
        Which part of the list it is in.
    usage : str
    usd : str
    unit : str
    **attributes
        Of the product, besides its usage type and Region.
    """
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    given = {"usagetype": usage, "regionCode": "us-east-1", **attributes}
    return {
        "product": {"attributes": given, "sku": "SKU"},
        "serviceCode": code,
        "terms": {"OnDemand": {"SKU.T": {"priceDimensions": {"SKU.T.R": dimension}}}},
        "version": "20260504235304",
    }


def own(usage, usd="1", unit="1K tokens", **attributes):
    """A record of the part that AWS itself bills."""
    return price_record("AmazonBedrock", usage, usd, unit, **attributes)


def marketplace(usage, usd="1", unit="1M tokens", name="Claude Opus 4.7"):
    """A record of the part that AWS Marketplace bills."""
    named = {"servicename": f"{name} (Amazon Bedrock Edition)"}
    return price_record("AmazonBedrockFoundationModels", usage, usd, unit, **named)
