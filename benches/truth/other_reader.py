"""Reads a histogram with HdrHistogram's Python port and prints its count, percentiles, minimum and maximum."""

import sys

from hdrh.histogram import HdrHistogram

with open(sys.argv[1]) as file:
    histogram = HdrHistogram.decode(file.read().strip())
percentiles = [histogram.get_value_at_percentile(p) for p in (50, 90, 95, 99, 99.9)]
print(histogram.get_total_count(), *percentiles, histogram.get_min_value(), histogram.get_max_value())
