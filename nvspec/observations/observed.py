"""What every observation has: a name, a source, a machine and its registers."""

import attrs

from nvspec.observations.feature_sets import FeatureSet
from nvspec.observations.fields import Registers, Text


@attrs.frozen(kw_only=True)
class Observed:
    """What every observation has."""

    id: Text
    """The name of the observation, unique in its file."""
    source: Text
    """The implementation that was observed."""
    line: int
    """The line of the file, counted from 1."""
    features: FeatureSet
    """The machine: in the file a list of FEAT_ names, or the name of a feature set.

    In every kind but ``access`` a key ``parange`` may stand beside it, the implemented physical address bits.
    A list needs it; with a named set it replaces that of the set.
    """
    regs: Registers
    """The registers that the outcome depends on."""
