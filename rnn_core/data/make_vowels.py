"""Makes vowels.npz from the package aeon: python rnn_core/data/make_vowels.py FOLDER_OF_THE_UNPACKED_PACKAGE."""

import sys
from pathlib import Path

import numpy as np


def utterances(text: str) -> list[tuple[np.ndarray, int]]:
    """A .ts file -> for each line after @data its frames (frames, 12) and its speaker, 1 to 9.

    A line is the channels, ":" between them, their values with "," between them, and at the end the class.
    """
    lines = text.split("@data")[1].split()
    parts = [line.split(":") for line in lines]
    return [(np.array([row.split(",") for row in rows], float).T, int(speaker)) for *rows, speaker in parts]


def main(package: Path) -> None:
    """All frames one after the other, the training utterances first, as float16; how many each has, and its speaker."""
    folder = package / "datasets" / "data" / "JapaneseVowels"
    parts = [utterances((folder / f"JapaneseVowels_{name}.ts").read_text("utf-8")) for name in ("TRAIN", "TEST")]
    every = [*parts[0], *parts[1]]
    np.savez_compressed(
        Path(__file__).with_name("vowels.npz"),
        frames=np.concatenate([frames for frames, _ in every]).astype(np.float16),
        counts=np.array([len(frames) for frames, _ in every], np.uint8),
        speakers=np.array([speaker - 1 for _, speaker in every], np.uint8),
        training=np.array(len(parts[0])),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
