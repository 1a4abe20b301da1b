"""Objects of numpy and pandas as a reader sees them. Few pickles hold one: the first that does imports this module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ckpt_tui.core.cache import SharedCache
from ckpt_tui.core.reading import arrays, pandas_times, tables
from ckpt_tui.core.reading.foreign_names import ARRAYS, SCALARS
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.value import Obj, Value

READERS: dict[str, Callable[[Sequence[Value], Value], tuple[str, Any] | None]] = {
    **dict.fromkeys(SCALARS, arrays.scalar),
    "numpy:dtype": arrays.dtype_text,
    **pandas_times.READERS,
}
"""`module:qualname` of what is called → its reader, as in `core.reading.stdlib_types`."""


def whole(obj: Obj, name: str) -> ObjectParts | None:
    """The parts of an array, a table or a record, whose rows are worked out once; None where its layout is unknown.

    Args:
        obj: The object.
        name: `module:qualname` of what makes it, one of `foreign_names.WHOLE`.
    """
    if name in SCALARS:
        return _record_scalar(obj)
    known = _SHOWN.get(id(obj))
    if known is not None and known[0] is obj:
        return known[1]
    parts = _of_array(obj) if name in ARRAYS else _of_table(obj, name)
    _SHOWN.put(id(obj), (obj, parts), 1)
    return parts


_SHOWN: SharedCache[int, tuple[Obj, ObjectParts | None]] = SharedCache(128)
"""As many arrays and tables as a screen shows, by id, each with its parts; the object is kept, since an id means
nothing once it is gone."""


def _of_array(obj: Obj) -> ObjectParts | None:
    array = arrays.array(obj)
    if array is None:
        return None
    parts = ObjectParts(array.type)
    parts.items, rest = arrays.rows(array)
    parts.all_items = None if rest is None else arrays.elements(array)
    own: list[Value] = ["shape", list(array.shape), "dtype", array.dtype]
    own += [] if rest is None else ["rest", rest]
    own += [] if rest is None or array.mask is None else ["rest_of_mask", array.mask]
    parts.attributes = Pairs(own)
    return parts


def _of_table(obj: Obj, name: str) -> ObjectParts | None:
    table = tables.table(obj, name)
    if table is None:
        return None
    parts = ObjectParts(table.type)
    parts.items = table.items
    parts.attributes = Pairs(table.attributes)
    return parts


def _record_scalar(obj: Obj) -> ObjectParts | None:
    found = None if obj.has_state else arrays.record_scalar(obj.args)
    if found is None:
        return None
    parts = ObjectParts(found[0])
    parts.attributes = Pairs(found[1])
    return parts
