"""What the Series page shows, as data: the picture's message, the table of scores, the verdict in words, the file."""

import csv
import io
import json
from html import escape

import numpy as np

from rnn_core import CELLS
from rnn_core.forecast import SEASONAL, Errors, Rule
from rnn_core.selection import CENT
from rnn_core.words import fill, plural, t
from ui.chart.chart import message
from ui.figures.forecast import error_over_training, forecast
from ui.figures.house import Figure
from ui.figures.numbers import short
from ui.frame.address import quoted
from ui.playground.words import heading
from ui.series.desk import SeriesDesk

COLUMNS = {"RMSE": "", "MAE": "wide", t("÷ persistence"): "wide"}  # wide: a phone leaves it out
RULES = {  # in a sentence
    "persistence": t("persistence"),
    SEASONAL: t("seasonal persistence"),
    "autoregression": t("linear autoregression"),
}
LEGEND = {"persistence": t("persistence"), "autoregression": t("autoregression")}
AROUND = 260  # values in the picture, at most
DELIMITERS = (",", ";", "\t", "|")


def scene(s: SeriesDesk) -> bytes:
    """The message to static/series/series.js, as JSON in bytes: strict, null where a number is not finite."""
    shown = picture(s)
    content = {
        "film": s.film,
        "step": s.status.step,
        "loss": number(s.status.loss),
        "playing": s.playing or bool(s.control and s.control.playing),
        "period": s.pace.period,
        "numbers": counters(s),
        "picture": message(shown, f"{about_origin(s)} {verdict(s)}", shown.data[-1].x[1]),
        "curve": message(
            curve(s), t("RMSE one step ahead over training; validation chose step {step}.", step=s.best_step)
        ),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def picture(s: SeriesDesk) -> Figure:
    """The series around the shown origin, and every method's forecast from it."""
    split, series = s.split, s.series
    n, first, last = len(series), *span(s)
    labels = series.labels[first:last]
    labels += series.later(last - n) if last > n else []
    truth = np.where(series.known, series.values, np.nan)[first : min(last, n)]
    parts = split.without_test.train - first, split.train - first
    lines = s.lines()
    named = {LEGEND.get(name, name): values for name, values in lines.items()}
    return forecast(labels, truth, named, s.band(lines["network"]), parts, s.origin - first, split.window)


def span(s: SeriesDesk) -> tuple[int, int]:
    """From where to where the picture goes: all that is held out and some before it, or what is around the origin."""
    split, n = s.split, len(s.series)
    before = max(2 * split.window, 24, split.without_test.held_out + split.window)
    end = max(n, s.origin + split.horizon)
    if s.origin < n:
        end = n
    if end - (split.train - before) <= AROUND:
        return max(0, split.train - before), end
    start = max(0, s.origin - max(2 * split.window, 60))
    return start, min(end, max(start + AROUND // 2, s.origin + 2 * split.horizon))


def number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None


def counters(s: SeriesDesk) -> list[tuple[str, str, str]]:
    """Name, number and what to compare it with."""
    (mine, _), ahead = s.scores(), s.split.horizon
    chosen = str(s.best_step) if s.selected.best_step is not None else "–"
    result = [
        (t("Step"), str(s.status.step), t("training loss {loss}", loss=short(s.status.loss))),
        (t("Best step"), chosen, t("learns {what}", what=s.selected.name)),
    ]
    for k, name in leads(ahead):
        _, score = best(s, k)
        result.append((t("RMSE, {lead}", lead=name), short(mine.rmse[k]), t("best rule {error}", error=short(score))))
    return result


def curve(s: SeriesDesk) -> Figure:
    """The error by one step over training, in the units of the series: in training and on the validation part, of the
    candidate that validates best; of the others on the validation part; and the best rule's there.
    """
    selected = s.selected
    looks = {name: result[1:] for name, result in selected.looks.items()}
    steps = {name: [look.step for look in result] for name, result in looks.items()}
    lines = {name: np.array([look.validation for look in result]) for name, result in looks.items()}
    training = np.array([look.training for look in looks[selected.name]])
    return error_over_training(steps, lines, training, selected.name, s.best_step, number(s.validation_rule))


def leads(horizon: int) -> list[tuple[int, str]]:
    """The steps ahead that are compared: their index and name."""
    return [(0, t("1 ahead")), (horizon - 1, t("{count} ahead", count=horizon))][: 2 if horizon > 1 else 1]


def best(s: SeriesDesk, k: int) -> tuple[str, float]:
    """The rule with the smallest error at a lead, and that error. A whole season ahead seasonal persistence says what
    persistence says, and it is the one that tells why.
    """

    def rank(pair: tuple[Rule, Errors]) -> tuple[float, bool]:
        rule, score = pair
        return (float(score.rmse[k]) if np.isfinite(score.rmse[k]) else np.inf), rule.name != SEASONAL

    rule, score = min(s.rules, key=rank)
    name = RULES[rule.name]
    if rule.name == SEASONAL and (k + 1) % s.period == 0:
        name = t("seasonal persistence (so far ahead the same as persistence)")
    return name, float(score.rmse[k])


def about_origin(s: SeriesDesk) -> str:
    labels = s.labels()
    about = (
        t("{series} and its forecast from {first} to {last}, after {step} training steps.")
        if len(labels) > 1
        else t("{series} and its forecast for {first}, after {step} training steps.")
    )
    return fill(about, {"series": s.series.name, "first": labels[0], "last": labels[-1], "step": s.status.step})


def verdict(s: SeriesDesk) -> str:
    """Who wins, in plain words."""
    if s.selected.best_step is None:
        return t("The network has learned nothing yet: press Play. The rules are fitted already.")
    mine = s.scores()[0].rmse
    wins = [won(name, float(mine[k]), *best(s, k)) for k, name in leads(s.split.horizon)]
    return " ".join(filter(None, [*wins, repeats(s), covers(s), overfits(s), order(s)]))


def repeats(s: SeriesDesk) -> str:
    """Whether the forecasts are the values of a while ago."""
    lag = s.best_lag()
    if lag == 0:
        return ""
    return plural(
        "Best lag {lag}: its forecasts 1 ahead correlate best with the value before, so mostly they repeat it.",
        "Best lag {lag}: its forecasts 1 ahead correlate best with the value {lag} steps before, so mostly they repeat "
        "it.", lag, lag=lag
    )


def overfits(s: SeriesDesk) -> str:
    """Since when it overfits; nothing where it stood still for that, and the page says so."""
    if s.ended or s.selected.risen is None:
        return ""
    then, now = map(short, s.selected.risen)
    return t(
        "Overfitting since step {step}: the validation error has risen from {then} to {now} since then.",
        step=f"{s.best_step:,}", then=then, now=now
    )


def covers(s: SeriesDesk) -> str:
    """How many of the test part's values the band holds."""
    held = s.coverage()
    if not np.isfinite(held):
        return ""
    return t("The {wanted} % band holds {held} % of the test part.", wanted=CENT, held=f"{100 * held:.0f}")


def won(lead: str, ours: float, rule: str, theirs: float) -> str:
    """Who wins at one lead."""
    if not np.isfinite(theirs):
        return t("{lead}, too few held-out values are known to compare.", lead=lead)
    if not np.isfinite(ours):
        return t(
            "{lead}, the rule wins: {rule} has {theirs}, and the network’s forecast is no longer finite.",
            lead=lead, rule=rule, theirs=short(theirs)
        )
    if ours < theirs:
        return t(
            "{lead}, the network wins: {ours} against {theirs} of {rule}, the best rule.",
            lead=lead, ours=short(ours), theirs=short(theirs), rule=rule
        )
    return t(
        "{lead}, the rule wins: {rule} has {theirs}, the network {ours}.",
        lead=lead, rule=rule, theirs=short(theirs), ours=short(ours)
    )


def order(s: SeriesDesk) -> str:
    """What the control shows."""
    control = s.control
    if control is None or control.status.step == 0:
        return ""
    one, other = float(s.scores()[0].rmse[0]), float(control.scores().rmse[0])
    if control.status.step < control.steps:
        return t("The control has taken {step} of {steps} steps.", step=control.status.step, steps=control.steps)
    if not (np.isfinite(one) and np.isfinite(other)):
        return t("The control left the finite numbers and shows nothing.")
    if other > 1.1 * one:
        return t(
            "Order matters: on shuffled windows the same network has {error}, {times} times as much.",
            error=short(other), times=f"{other / one:.1f}"
        )
    return t("Order hardly matters here: on shuffled windows the same network has {error}.", error=short(other))


def table(s: SeriesDesk) -> str:
    """All methods' errors on the held-out part, as an HTML table. A person's words in it are escaped."""
    ahead = leads(s.split.horizon)
    rows = methods(s)
    errors = [numbers_of(score, ahead, s.rules[0][1]) for _, _, score in rows]
    least = np.fmin.reduce(np.array(errors))
    body = "".join(
        f'<tr class="{kind}"><th scope="row">{escape(title)}</th>{cells(row, least)}</tr>'
        for (kind, title, _), row in zip(rows, errors, strict=True)
    )
    heads = "".join(
        f'<th scope="col" class="{wide}">{name}<br>{lead}</th>' for _, lead in ahead for name, wide in COLUMNS.items()
    )
    caption = plural(
        "Errors on the test part, from {count} place in it, in the units of {series}. Smallest in bold.",
        "Errors on the test part, from {count} places in it, in the units of {series}. Smallest in bold.",
        len(s.split.origins), series=s.series.name[:40]
    )
    return (
        f'<table class="scores"><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def methods(s: SeriesDesk) -> list[tuple[str, str, Errors | None]]:
    """The table's rows: a class, a title, and the errors if there are any."""
    mine, last = s.scores()
    network = plural(
        "The network: {cell}, {count} unit, learns {what}, step {step}",
        "The network: {cell}, {count} units, learns {what}, step {step}",
        s.config.hidden_size, cell=CELLS[s.config.cell].title, what=s.selected.name, step=s.best_step
    )
    rows: list[tuple[str, str, Errors | None]] = [("network", network, mine)]
    if (now := s.selected.refit_step) != s.best_step:
        rows.append(("last", t("The same at the last step, {step}", step=now), last))
    if s.control and (taken := s.control.status.step):
        shuffled = plural(
            "Control: the same on shuffled windows, {count} step",
            "Control: the same on shuffled windows, {count} steps", taken, count=taken
        )
        rows.append(("control", shuffled, s.control.scores()))
    rows += [("rule", rule.title, score) for rule, score in s.rules]
    if not s.period:
        rows.append(("rule", t("Seasonal persistence: no season found in the training part"), None))
    return rows


def numbers_of(score: Errors | None, ahead: list[tuple[int, str]], base: Errors) -> list[float]:
    """A row's numbers in the order of COLUMNS, for every lead; NaN where there is none."""
    result: list[float] = []
    for k, _ in ahead:
        rmse, mae = (float(score.rmse[k]), float(score.mae[k])) if score else (np.nan, np.nan)
        result += [rmse, mae, rmse / base.rmse[k] if base.rmse[k] else np.nan]
    return result


def cells(row: list[float], least: np.ndarray) -> str:
    """A row's cells; the smallest of a column is bold."""
    classes = [*COLUMNS.values()] * len(row)
    return "".join(
        f'<td class="{wide}{" best" if x == low else ""}">{short(x)}</td>'
        for x, low, wide in zip(row, least, classes, strict=False)
    )


def beside(x: float, deviation: float) -> str:
    """A number with as many digits as tell it from one a hundredth of a deviation away: 101,325.27, 1.30002·10¹²."""
    size = max(abs(x), deviation)
    places = 2 + max(0, int(np.floor(np.log10(size)) - np.floor(np.log10(deviation)) + 1))
    return short(x, places)


def split_in_words(s: SeriesDesk) -> str:
    """What is learned and what is held out, as HTML."""
    split, series, labels = s.split, s.series, s.series.labels
    name, inner = series.name[:60], split.without_test
    if s.table.name != series.name:
        name = t("{column} of {file}", column=name, file=quoted(s.table.name))
    text = t(
        "{count} values, {first} to {last}. Training: the first {train}, mean {mean}, standard deviation {deviation}; "
        "the last {validation} of them are for validation, which chooses the step and what is learned, and then all "
        "are learned for as many steps. Test: the last {test}, from {start} on, which choose nothing.",
        count=f"{len(series):,}", first=labels[0], last=labels[-1], train=f"{split.train:,}",
        mean=beside(split.mean, split.deviation), deviation=short(split.deviation), validation=f"{inner.held_out:,}",
        test=f"{split.held_out:,}", start=labels[split.train]
    )
    return f"{heading(name)}<p>: {text}</p>"


def as_csv(s: SeriesDesk) -> str:
    """The forecast that is shown: a row for each value, with the truth where it is known and every method's number, in
    the delimiter and with the decimal mark of the file that was brought.
    """
    lines, out = s.lines(), io.StringIO()
    lines["low"], lines["high"] = s.band(lines["network"])
    truth = s.split.truth(np.array([s.origin]))[:, 0]
    choices = s.series.reading.choices
    sep, decimal = choices.get("sep") or ",", choices.get("decimal") or "."
    if sep not in DELIMITERS:
        sep = ";" if decimal == "," else ","
    write = csv.writer(out, delimiter=sep, lineterminator="\n")
    write.writerow(["date" if s.series.dated else "index", "truth", *lines])
    for label, *row in zip(s.labels(), truth, *lines.values(), strict=True):
        write.writerow([label, *(f"{x:.9g}".replace(".", decimal) if np.isfinite(x) else "" for x in row)])
    return out.getvalue()
