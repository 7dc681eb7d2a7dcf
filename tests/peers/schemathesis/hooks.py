"""What a schema cannot say of a call that fits the document. One that does not fit is sent as it is: without its token it would get it
back otherwise.

Hypothesis draws the same short keys over and over, and a key that comes again with another body is refused, as it should be
(tests/scenarios prove it): each call has one of its own.

A change says once which revision it is of: what contradicts itself is refused (tests/unit/functions/middleware prove it). So is a range of times
that ends before it begins, or is longer than one answer can be (tests/unit/shared/api prove it): JSON Schema does not compare two fields.
"""

import itertools

import schemathesis
from hypothesis import strategies

# Left to itself it draws no header with a quote in it, and takes a wrong one for right.
tags = strategies.from_regex(r'"[0-9]{1,3}\.[A-Za-z0-9_-]{22}"', fullmatch=True)
other_tags = strategies.from_regex(r'(?:W/)?"[!#-~]*"', fullmatch=True)
schemathesis.openapi.format("entity-tag", tags | other_tags)

# Which time zones there are, no schema says.
zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Etc/GMT+12"]
schemathesis.openapi.format("time-zone", strategies.sampled_from(zones))

# Of GET /v1/metrics.
MOST_FIGURES = 1440
LATEST = 4 * 10**12
LONGEST_MS = MOST_FIGURES * 86_400_000

numbers = itertools.count(1)
turns = itertools.count()


@schemathesis.hook
def before_call(context, case, **kwargs):
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    if "idempotency-key" in (case.headers or {}):
        case.headers["idempotency-key"] = f"key-{next(numbers)}"
    say_one_revision(case)
    say_a_range(case)


def say_one_revision(case):
    """Each way to say it has its turn."""
    places = [(case.headers, "if-match"), (case.headers, "if-none-match"), (case.query, "ifRev"), (case.body, "ifRev")]
    told = [(place, name) for place, name in places if is_mapping(place) and name in place]
    if len(told) < 2:
        return
    kept = next(turns) % len(told)
    for place, name in told[:kept] + told[kept + 1 :]:
        del place[name]


def say_a_range(case):
    """From one time to a later one, by at most as many periods as an answer has; by default a period is a minute."""
    query = case.query
    if not is_mapping(query) or "from" not in query or "to" not in query:
        return
    first = min(int(query["from"]), LATEST - LONGEST_MS)
    longest = min(LONGEST_MS, MOST_FIGURES * int(query.get("periodSeconds", 60)) * 1000)
    query["from"], query["to"] = first, first + 1 + int(query["to"]) % longest


def is_mapping(place):
    return hasattr(place, "keys")
