"""Moments and time spans on the command line."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

import click

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class Moment(click.ParamType[float]):
    """A date and time, or how long ago it was; in seconds since 1970."""

    name = "WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value).strip()
        if found := re.fullmatch(r"(\d{1,6})([smhdw])", text):
            return time.time() - int(found[1]) * _SECONDS[found[2]]
        try:
            return datetime.fromisoformat(text).timestamp()  # a time without a zone is the local one, as it is listed
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a date such as 2026-03-01T12:00 nor an age such as 90m or 3d.", param, ctx)
