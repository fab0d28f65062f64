"""What is not charged by the token: pictures, and throughput bought by the hour."""

from decimal import Decimal

from bedrock_helpers.data_files import load_json
from bedrock_helpers.price_list import UnknownPriceError, nearest


def image_usd(model_id, images=1, *, width_px=None, height_px=None, steps=None):
    """
    What pictures cost.

    Parameters
    ----------
    model_id : str
        The id as called.
    images : int
        How many are made.
    width_px, height_px, steps : int, optional
        Stable Diffusion XL's price rises with the longer side and with the steps;
        left out, the dearest price holds.

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> image_usd("stability.stable-diffusion-xl-v1", width_px=1024, steps=30)
    Decimal('0.04')
    >>> image_usd("stability.stable-diffusion-xl-v1", 10, width_px=1024, steps=80)
    Decimal('0.80')
    """
    sides = [side for side in (width_px, height_px) if side is not None]
    rows = _rows("images", model_id)
    fits = [
        Decimal(row["usd_per_image"])
        for row in rows
        if _within(max(sides, default=None), row["up_to_side_px"])
        and _within(steps, row["up_to_steps"])
    ]
    dearest = max(Decimal(row["usd_per_image"]) for row in rows)
    return images * min(fits, default=dearest)


def provisioned_usd_per_hour(model_id, *, months, region_name="us-east-1"):
    """
    What one model unit of provisioned throughput costs an hour, used or not.

    Parameters
    ----------
    model_id : str
        The bare id.
    months : {0, 1, 6}
        The term; 0 for none, which is the dearest.
    region_name : str

    Returns
    -------
    decimal.Decimal
        US dollars.

    Raises
    ------
    UnknownPriceError

    Examples
    --------
    >>> provisioned_usd_per_hour("anthropic.claude-instant-v1", months=1)
    Decimal('39.6')
    >>> provisioned_usd_per_hour("amazon.nova-micro-v1:0", months=0)
    Decimal('60.5')
    """
    rows = _rows("provisioned", model_id)
    for row in rows:
        here = row["region_name"] in (region_name, None)
        if here and row["commitment_months"] == months:
            return Decimal(row["usd_per_model_unit_hour"])
    places = sorted({row["region_name"] or "every Region" for row in rows})
    terms = sorted({row["commitment_months"] for row in rows})
    raise UnknownPriceError(
        f"No price is known for {model_id!r} for {months!r} months in {region_name}, "
        f"and none is guessed. Known: {', '.join(map(str, terms))} months in "
        f"{', '.join(places)}."
    )


def provisioned_ids():
    """
    The ids whose price of provisioned throughput is known, sorted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "anthropic.claude-instant-v1" in provisioned_ids()
    True
    """
    return sorted({row["model_id"] for row in load_json("prices.json")["provisioned"]})


def _rows(what, model_id):
    rows = load_json("prices.json")[what]
    found = [row for row in rows if row["model_id"] == model_id]
    if found:
        return found
    raise UnknownPriceError(
        f"Among the prices of {what} none is known for {model_id!r}, and none is "
        f"guessed.{nearest(model_id, [row['model_id'] for row in rows])}"
    )


def _within(value, limit):
    return limit is None or (value is not None and value <= limit)
