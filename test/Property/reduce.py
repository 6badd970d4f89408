"""Makes the parameters of a failing program smaller as long as it fails."""

from dataclasses import fields, replace

from Property.hierarchy import Parameters

NUMBERS = ["classes", "virtuals", "libraries"]


def steps(parameters):
    """Each takes parameters to simpler ones, or to the same. The largest steps,
    and those that make the next trials faster, come first."""
    for name in NUMBERS:
        for divisor in (64, 8, 2):
            yield lambda p, name=name, d=divisor: shrink(p, name, getattr(p, name) // d)
    yield lambda p: replace(p, features=())
    for feature in parameters.features:
        yield lambda p, feature=feature: without(p, feature)
    for field in fields(Parameters):
        if field.name not in ["seed", "features", *NUMBERS]:
            yield lambda p, f=field: replace(p, **{f.name: f.default})
    for name in NUMBERS:
        yield lambda p, name=name: shrink(p, name, getattr(p, name) - 1)


def shrink(parameters, name, value):
    changed = replace(parameters, **{name: max(value, 1)})
    return replace(changed, libraries=min(changed.libraries, changed.classes))


def without(parameters, feature):
    left = tuple(f for f in parameters.features if f != feature)
    return replace(parameters, features=left)


def reduce(parameters, fails, trials):
    """The simplest parameters found for which fails() is true."""
    tried = {parameters}
    isSmaller = True
    while isSmaller:
        isSmaller = False
        for step in steps(parameters):
            candidate = step(parameters)
            while candidate not in tried and len(tried) <= trials:
                tried.add(candidate)
                if fails(candidate):
                    parameters, isSmaller = candidate, True
                    candidate = step(parameters)
    return parameters
