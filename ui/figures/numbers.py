"""Numbers as a person reads them: one rule for every page, the same as in static/board/format.js.

tests/numbers.json holds both to it.
"""

from math import isfinite, isnan

from rnn_core.words import t

METRICS = {"accuracy": t("accuracy"), "rmse": t("rmse"), "exact match": t("exact match")}
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def short(x: float | None, places: int = 3) -> str:
    """So many significant digits, zeros kept so that a place stays fixed: 0.100, 4,568, 3.20·10⁻⁷, −0.500, –."""
    if x is None or isnan(x):
        return "–"
    sign, size = "−" if x < 0 else "", abs(x)
    if not isfinite(size):
        return f"{sign}∞"
    if size == 0:
        return "0"
    if size < 9.995e-4 or size >= max(99999.5, 10.0**places):
        mantissa, exponent = f"{size:.{places - 1}e}".split("e")
        return f"{sign}{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    rounded = float(f"{size:.{places - 1}e}")
    if rounded >= 10 ** (places - 1):
        return sign + count(round(size))
    digits = places - 1 - int(f"{rounded:e}".split("e")[1])
    return f"{sign}{size:,.{digits}f}"


def count(n: float) -> str:
    """A whole number: 1,234,567."""
    return f"{n:,.0f}"


def metric_name(metric: str) -> str:
    """What a task's score is called."""
    return METRICS.get(metric, metric)


def percent(x: float) -> str:
    """A share: 37 %. 100 % is all of them."""
    return f"{whole_percent(x)} %" if isfinite(x) else "–"


def whole_percent(x: float) -> str:
    """The same without its sign."""
    return f"{99 if 0.99 < x < 1 else 100 * x:.0f}"
