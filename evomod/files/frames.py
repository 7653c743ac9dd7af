"""Tables as pandas has them, where it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evomod.errors import EvomodError


def to_pandas(columns: Mapping[str, Any]) -> Any:
    """A ``pandas.DataFrame`` of a table's columns. Raises `EvomodError` where pandas is not installed."""
    try:
        import pandas
    except ImportError:
        raise EvomodError(
            "pandas is not installed: `pip install pandas`, or use the table as it is, a dict of arrays."
        ) from None
    return pandas.DataFrame(dict(columns))
