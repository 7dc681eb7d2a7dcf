"""What a schema cannot say of a call that fits the document. One that does not fit is sent as it is: without its token it would get it
back otherwise.

Hypothesis draws the same short keys over and over, and a key that comes again with another body is refused, as it should be
(tests/scenarios prove it): each call has one of its own.

A change says once which revision it is of: what contradicts itself is refused (tests/unit/functions/middleware prove it).
"""

import itertools

import schemathesis
from hypothesis import strategies

# Left to itself it draws no header with a quote in it, and takes a wrong one for right.
tags = strategies.from_regex(r'"[0-9]{1,3}\.[A-Za-z0-9_-]{22}"', fullmatch=True)
other_tags = strategies.from_regex(r'(?:W/)?"[!#-~]*"', fullmatch=True)
schemathesis.openapi.format("entity-tag", tags | other_tags)

numbers = itertools.count(1)
turns = itertools.count()


@schemathesis.hook
def before_call(context, case, **kwargs):
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    if "idempotency-key" in (case.headers or {}):
        case.headers["idempotency-key"] = f"key-{next(numbers)}"
    say_one_revision(case)


def say_one_revision(case):
    """Each way to say it has its turn."""
    places = [(case.headers, "if-match"), (case.headers, "if-none-match"), (case.query, "ifRev"), (case.body, "ifRev")]
    told = [(place, name) for place, name in places if is_mapping(place) and name in place]
    if len(told) < 2:
        return
    kept = next(turns) % len(told)
    for place, name in told[:kept] + told[kept + 1 :]:
        del place[name]


def is_mapping(place):
    return hasattr(place, "keys")
