"""Makes surnames.txt from the package Faker: python rnn_core/data/make_surnames.py FOLDER_OF_THE_UNPACKED_PACKAGE."""

import ast
import sys
from pathlib import Path

LOCALES = {
    "CRO": "hr_HR", "ESP": "es_ES", "FIN": "fi_FI", "FRA": "fr_FR", "GBR": "en_GB",
    "GER": "de_DE", "ITA": "it_IT", "NED": "nl_NL", "SVK": "sk_SK", "SWE": "sv_SE",
}  # fmt: skip


def surnames(source: str) -> list[str]:
    """The strings in every assignment to last_names… of a provider's source: in small letters, each once, sorted.

    Only names that are one word of letters: no "van der Berg", no "O'Brien".
    """
    result = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and any(ast.unparse(n).startswith("last_names") for n in node.targets):
            constants = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
            result |= {value for value in constants if isinstance(value, str)}
    return sorted({name.lower() for name in result if name.isalpha()})


def main(package: Path) -> None:
    """One line for each country: its code, then its surnames."""
    lines = []
    for country, locale in LOCALES.items():
        source = (package / "providers" / "person" / locale / "__init__.py").read_text("utf-8")
        lines.append(" ".join([country, *surnames(source)]))
    Path(__file__).with_name("surnames.txt").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
