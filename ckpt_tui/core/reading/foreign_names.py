"""What makes objects of numpy and pandas in a pickle, by name; `core.reading.foreign_objects` reads them."""

ARRAYS_MADE = frozenset(("numpy.core.multiarray:_reconstruct", "numpy._core.multiarray:_reconstruct"))
ARRAYS_IN_BUFFERS = frozenset(("numpy.core.numeric:_frombuffer", "numpy._core.numeric:_frombuffer"))
ARRAYS_MASKED = frozenset(("numpy.ma.core:_mareconstruct",))
ARRAYS = ARRAYS_MADE | ARRAYS_IN_BUFFERS | ARRAYS_MASKED
"""What is called to make an array."""

SCALARS = frozenset(("numpy.core.multiarray:scalar", "numpy._core.multiarray:scalar"))
"""What is called to make a scalar."""

INDEXES = frozenset((
    "pandas.core.indexes.base:_new_Index", "pandas.core.indexes.datetimes:_new_DatetimeIndex",
    "pandas.core.indexes.interval:_new_IntervalIndex",
))  # fmt: skip
"""What makes an index."""

BACKED = "pandas._libs.arrays:__pyx_unpickle_NDArrayBacked"
INTERVALS = "pandas._libs.interval:__pyx_unpickle_IntervalMixin"
"""What makes an array of pandas."""

TABLE_MAKERS = INDEXES | {BACKED, INTERVALS}
"""Functions that make a table of the class that their first argument names."""

FRAMES = frozenset(("pandas:DataFrame", "pandas.core.frame:DataFrame"))
SERIES = frozenset(("pandas:Series", "pandas.core.series:Series"))
TABLES = FRAMES | SERIES | TABLE_MAKERS
"""What makes a frame, a series, an index or an array of pandas."""

WHOLE = ARRAYS | SCALARS | TABLES
"""What is shown as a whole: its rows, or the fields of a record."""

TEXTS = SCALARS | {
    "numpy:dtype",
    "pandas._libs.tslibs.timestamps:_unpickle_timestamp",
    "pandas._libs.tslibs.timedeltas:_timedelta_unpickle",
    "pandas._libs.tslibs.nattype:_nat_unpickle",
    "pandas._libs.tslibs.nattype:__nat_unpickle",
    "pandas._libs.tslibs.period:Period",
    "pandas:Period",
    "pandas._libs.interval:Interval",
    "pandas:Interval",
}
"""What makes an object that is shown as a text or a number."""
