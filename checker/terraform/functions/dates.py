"""Functions of RFC 3339 timestamps.

https://developer.hashicorp.com/terraform/language/functions/formatdate
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .arguments import plain
from .context import Function

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))\Z", re.ASCII
)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_TOKEN = re.compile(
    r"(?P<verb>([A-Za-z])\2*)|'(?P<quoted>(?:[^']|'')*)'|[^A-Za-z']+",
)
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _timestamp(data: str) -> datetime:
    """A timestamp with its offset. Raises ValueError for what is not RFC 3339."""
    found = _TIMESTAMP.match(data)
    if not found:
        raise ValueError("it is not an RFC 3339 timestamp")
    *fields, fraction, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    year, month, day, hour, minute, second = map(int, fields)
    return datetime(
        year,
        month,
        day,
        hour,
        minute,
        second,
        int((fraction or "0")[:6].ljust(6, "0")),
        timezone(-offset if sign == "-" else offset),
    )


def _duration(data: str) -> timedelta:
    """A duration of Go, such as "1h30m". Raises ValueError for others."""
    sign = -1 if data.startswith("-") else 1
    body = data[1:] if data[:1] in ("-", "+") else data
    if body == "0":
        return timedelta()
    total, at = 0.0, 0
    while at < len(body):
        found = _DURATION.match(body, at)
        if not found:
            break
        total += float(found[1]) * _NANOSECONDS[found[2]]
        at = found.end()
    if not body or at < len(body):
        raise ValueError("it is not a duration")
    return timedelta(microseconds=sign * total / 1000)


def _offset(when: datetime, colon: str) -> str:
    minutes = int((when.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


def _rfc3339(when: datetime) -> str:
    offset = _offset(when, ":")
    return when.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (
        "Z" if offset == "+00:00" else offset
    )


def _timeadd(timestamp: str, duration: str) -> str:
    return _rfc3339(_timestamp(timestamp) + _duration(duration))


def _timecmp(left: str, right: str) -> int:
    a, b = _timestamp(left), _timestamp(right)
    return (a > b) - (a < b)


def _field(verb: str, when: datetime) -> str:
    """One verb of formatdate. Raises ValueError for a letter or number of letters unknown to it."""
    hour = when.hour % 12 or 12
    utc = _offset(when, "") == "+0000"
    fields = {
        "YYYY": f"{when.year:04}",
        "YY": f"{when.year % 100:02}",
        "MMMM": _MONTHS[when.month - 1],
        "MMM": _MONTHS[when.month - 1][:3],
        "MM": f"{when.month:02}",
        "M": str(when.month),
        "DD": f"{when.day:02}",
        "D": str(when.day),
        "EEEE": _DAYS[when.weekday()],
        "EEE": _DAYS[when.weekday()][:3],
        "hh": f"{when.hour:02}",
        "h": str(when.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if when.hour < 12 else "PM",
        "aa": "am" if when.hour < 12 else "pm",
        "mm": f"{when.minute:02}",
        "m": str(when.minute),
        "ss": f"{when.second:02}",
        "s": str(when.second),
        "ZZZZZ": _offset(when, ":"),
        "ZZZZ": _offset(when, ""),
        "ZZZ": "UTC" if utc else _offset(when, ""),
        "Z": "Z" if utc else _offset(when, ":"),
    }
    if verb not in fields:
        raise ValueError(f'"{verb}" is not a verb of a date format')
    return fields[verb]


def _formatdate(layout: str, timestamp: str) -> str:
    when = _timestamp(timestamp)
    result: list[str] = []
    at = 0
    while at < len(layout):
        found = _TOKEN.match(layout, at)
        if not found:
            raise ValueError("a quote in the date format is not closed")
        verb, quoted = found["verb"], found["quoted"]
        if verb:
            result.append(_field(verb, when))
        else:
            result.append(found[0] if quoted is None else quoted.replace("''", "'"))
        at = found.end()
    return "".join(result)


FUNCTIONS: dict[str, Function] = {
    "formatdate": plain("formatdate", "ss", _formatdate),
    "timeadd": plain("timeadd", "ss", _timeadd),
    "timecmp": plain("timecmp", "ss", _timecmp),
}
