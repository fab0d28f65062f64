"""Where the samples of a metric come from: Bedrock, or PutMetricData."""

import datetime

from bedrock_helpers.offline.metric_statistics import Sample, one_value
from bedrock_helpers.offline.metrics import NAMESPACE


class MetricSource:
    """
    The samples of one account in one Region.

    Parameters
    ----------
    kept : list of moto.cloudwatch.models.MetricDatumBase
        What PutMetricData brought.
    bedrock : bedrock_helpers.offline.metrics.BedrockMetrics
    """

    def __init__(self, kept, bedrock):
        self._kept, self._bedrock = kept, bedrock

    def samples(self, namespace, name, dimensions, unit=None, since=None):
        """
        The samples of one metric.

        Parameters
        ----------
        namespace, name : str
        dimensions : dict of str to str
            Exactly those of the metric.
        unit : str, optional
        since : datetime.datetime, optional
            Those of earlier minutes may be left out.

        Returns
        -------
        list of Sample
        """
        if namespace == NAMESPACE:
            found = self._bedrock.samples(name, dimensions, since)
        else:
            found = [
                _sample(datum)
                for datum in self._kept
                if (datum.namespace, datum.name) == (namespace, name)
                and _dimensions(datum) == dimensions
            ]
        return [sample for sample in found if unit in (None, sample.unit)]

    def listed(self):
        """
        Every metric there is data of.

        Returns
        -------
        list of tuple of (str, str, dict)
            Namespace, name and dimensions, each once.
        """
        found = [(NAMESPACE, *metric) for metric in self._bedrock.listed()]
        for datum in self._kept:
            metric = datum.namespace, datum.name, _dimensions(datum)
            if metric not in found:
                found.append(metric)
        return found


def _dimensions(datum):
    return {dimension.name: dimension.value for dimension in datum.dimensions}


def _sample(datum):
    time, unit = utc(datum.timestamp), datum.unit or "None"
    if hasattr(datum, "value"):
        return one_value(time, datum.value, unit)
    return Sample(time, datum.sum, unit, datum.sample_count, datum.min, datum.max)


def utc(time):
    """
    A time of moto's with its time zone: without one it is in UTC.

    Examples
    --------
    >>> utc(datetime.datetime(2026, 11, 24)).tzname()
    'UTC'
    """
    return time.replace(tzinfo=datetime.UTC) if time.tzinfo is None else time
