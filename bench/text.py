"""How well a network of the text page foretells the held-out Sonnets after a minute, beside what counting gets.

python -m bench.text [--seconds 60] [--cells lstm gru rnn] [--seeds 1] [--text FILE]
"""

import argparse
import time
from collections.abc import Sequence
from math import exp
from pathlib import Path

import ui  # noqa: F401  one BLAS thread, before NumPy is loaded
from rnn_core import CELLS, Config, Trainer
from rnn_core.analysis.probes import surprise
from rnn_core.tasks.sonnets import sonnets
from rnn_core.tasks.text import counted, letters, task_of
from ui.text.desk import DEFAULTS

MARKS = (2, 5, 10, 20, 30, 60, 120, 300)  # seconds


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds of training for each network")
    parser.add_argument("--cells", nargs="+", default=["gru", "lstm", "rnn"], choices=list(CELLS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--text", type=Path, help="another text, in UTF-8")
    asked = parser.parse_args(arguments)
    found = letters(asked.text.read_text("utf-8") if asked.text else sonnets())
    rules = [exp(loss) for loss in counted(found)]
    print(
        f"{len(found.codes):,} characters of {len(found.symbols)} kinds; "
        f"perplexity on {found.passage - found.cut:,} held out"
    )
    print(", ".join(f"{n}-gram {value:.2f}" for n, value in enumerate(rules, 1)))
    marks = [mark for mark in MARKS if mark <= asked.seconds]
    print(
        f"{'cell':<10}{'seed':>5}" + "".join(f"{f'{mark} s':>9}" for mark in marks) + "   steps   bigram at   5-gram at"
    )
    for cell in asked.cells:
        for seed in range(1, asked.seeds + 1):
            trainer = Trainer(Config(**{**DEFAULTS, "cell": cell, "seed": seed}), task_of(found))
            used, values = 0.0, []
            passed: dict[str, str] = {}
            for mark in sorted({*marks, *range(1, int(asked.seconds) + 1)}):
                begin = time.process_time()
                while used + time.process_time() - begin < mark:
                    trainer.run(0.05, frames=1)
                used += time.process_time() - begin
                value = exp(surprise(trainer.network, trainer.params, found.codes, found.cut, found.passage))
                for name, rule in (("bigram", rules[1]), ("5-gram", rules[-1])):
                    if value < rule:
                        passed.setdefault(name, f"{mark} s")
                if mark in marks:
                    values.append(value)
            row = "".join(f"{value:>9.2f}" for value in values)
            when = "".join(f"{passed.get(name, '–'):>12}" for name in ("bigram", "5-gram"))
            print(f"{cell:<10}{seed:>5}{row}{trainer.step:>8}{when}", flush=True)


if __name__ == "__main__":
    main()
