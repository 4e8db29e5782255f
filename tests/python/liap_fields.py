"""How a field of a message is described: a shape is a function of a value, or a dict of shapes by field name.

A field that is missing or of the wrong type is a breach. A field that is not documented is only counted, in
`UNDOCUMENTED`, since clients must ignore what they do not know. "name?" may be absent.
"""

from collections import Counter

UNDOCUMENTED = Counter()


class Breach(Exception):
    """The server did something that the documents do not allow."""


def whole(low=None, high=None):
    return lambda v: type(v) is int and (low is None or v >= low) and (high is None or v <= high)


def one_of(*values):
    return lambda v: isinstance(v, str) and v in values


def nullable(shape):
    return lambda v: v is None or fits(shape, v)


def array(shape, low=0, high=None):
    return lambda v: (
        isinstance(v, list) and low <= len(v) <= (len(v) if high is None else high) and all(fits(shape, x) for x in v)
    )


def four(shape):
    return array(shape, 4, 4)


def distinct(shape, low=0, high=None):
    return lambda v: array(shape, low, high)(v) and len(set(v)) == len(v)


def text(pattern=None):
    return lambda v: isinstance(v, str) and (pattern is None or pattern.fullmatch(v) is not None)


def flag(v):
    return type(v) is bool


def fits(shape, value):
    if isinstance(shape, dict):
        misfit = next(mismatches(shape, value, ""), None)
        if misfit:
            raise Breach(misfit)
        return True
    return shape(value)


def mismatches(shape, value, where):
    """Every disagreement between a map and its documented fields, as sentences."""
    if not isinstance(value, dict):
        yield f"{where} is not a map: {value!r}"
        return
    for name, inner in shape.items():
        field, optional = name.rstrip("?"), name.endswith("?")
        if field not in value:
            if not optional:
                yield f"{where} lacks {field!r}: {value!r}"
        elif isinstance(inner, dict):
            yield from mismatches(inner, value[field], f"{where}.{field}")
        elif not inner(value[field]):
            yield f"{where}.{field} is not as documented: {value[field]!r}"
    for field in value.keys() - {name.rstrip("?") for name in shape}:
        UNDOCUMENTED[f"{where}.{field}"] += 1


def require(shape, value, where):
    """Raises Breach unless the map fits."""
    misfit = next(mismatches(shape, value, where), None)
    if misfit:
        raise Breach(misfit)
