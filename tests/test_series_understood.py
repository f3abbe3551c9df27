"""How a table was understood, on the page: shown, changed, remembered; what cannot be learned stays to be changed."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.series_desk import desk, file, months, upload, wave
from tests.visiting import html, press, visit, whole
from ui.series.desk import OWN, mark_of
from ui.series.understood import ADDRESS, STRUCK

VALUES = wave(60)
LONG = file("date,id,y", *(f"{2000 + k // 12}-{k % 12 + 1:02d},{i},{v}" for i in "AB" for k, v in enumerate(VALUES)))
THOUSANDS = file("date;y", *(f"{2000 + k // 12}-{k % 12 + 1:02d};{2 + k // 9}.{100 + k % 7:03d}" for k in range(60)))
UNSURE = "please check"


def choose(app: AppTest, label: str, value: object) -> AppTest:
    (found,) = [box for box in app.main.selectbox if box.label.split(" · ")[0] == label]
    return whole(found.set_value(value).run())


def test_an_unsafe_guess_is_asked_first_says_its_reason_and_can_be_changed():
    app = upload(visit("series"), LONG)
    labels = [box.label for box in app.main.selectbox]
    assert labels[:2] == [f"Id column · {UNSURE}", f"Series · {UNSURE}"]
    assert "Please check: id column, series." in html(app)
    assert any("the same times come again for each of its values" in caption.value for caption in app.main.caption)
    press(app, "step")
    choose(app, "Series", "B")
    s = desk(app)
    assert s.own and s.own.given == {"id": "B"} and s.run.trainer.step == 0
    assert not any(UNSURE in box.label for box in app.main.selectbox if box.label.startswith("Series ·"))


def test_a_change_reads_again_and_keeps_what_else_was_chosen():
    app = upload(visit("series"), THOUSANDS)
    whole(app.slider(key="series-hold_out").set_value(30).run())
    s, before = desk(app), desk(app).series.values[0]
    other = {".": ",", ",": "."}[s.own.reading.choices["decimal"]] if s.own else ""
    choose(app, "Decimal mark", other)
    assert max(before, s.series.values[0]) / min(before, s.series.values[0]) == pytest.approx(1000)
    assert s.parts.hold_out == 30 and s.parts.source == OWN


def test_the_choices_are_in_the_address_and_the_same_file_opens_the_same_way():
    app = upload(visit("series"), LONG)
    choose(app, "Series", "B")
    text = str(app.query_params[ADDRESS])
    assert text == f'{mark_of(LONG)}:{{"id":"B"}}'
    again = visit("series", **{ADDRESS: text})
    assert desk(upload(again, LONG)).own.given == {"id": "B"}  # type: ignore[union-attr]
    other = upload(visit("series", **{ADDRESS: text}), months(wave()))
    assert desk(other).own.given == {}  # type: ignore[union-attr]


HOSTILE = ["x", "01234567:{", '01234567:{"id": []}', "01234567:[1]", "[" * 2000, "9:" + "9" * 5000]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_address_is_read_by_guesses(text: str):
    app = upload(visit("series", **{ADDRESS: text}), LONG)
    assert not app.exception and desk(app).own.given == {}  # type: ignore[union-attr]


def test_a_table_of_which_nothing_can_be_learned_stays_to_be_changed():
    app = upload(visit("series"), months(wave()))
    press(app, "step")
    upload(app, file("date,y", *(f"2000-{k % 12 + 1:02d},{k}" for k in range(40))), "twice.csv")
    s = desk(app)
    assert s.draft and s.series.name == "sales" and s.run.trainer.step == 1
    assert any("'twice.csv', of which nothing is learned yet" in each.label for each in app.expander)
    assert "twice.csv" in html(app) and "stays as it was" in html(app)
    choose(app, "Dates", ())
    assert s.draft is None and s.series.name in ("y", "date") and s.own and s.own.given == {"dates": ()}


def test_where_with_a_fifth_held_out_nothing_is_left_less_is_held_out():
    app = upload(visit("series"), file("a", *["0"] * 100, *map(str, range(1, 21))))
    s = desk(app)
    assert s.parts.hold_out == 10 and s.draft is None
    assert "10 % are held out: with 20 % nothing could be learned from the rest." in html(app)
    assert app.slider(key="series-hold_out").value == 10


def test_another_column_is_taken_where_the_likely_one_cannot_be_learned():
    app = upload(visit("series"), file("a,b", *(f"{3 if k < 35 else ''},{v}" for k, v in enumerate(wave(60)))))
    assert desk(app).series.name == "b" and desk(app).draft is None


def test_rows_that_are_left_out_are_struck_out_with_their_reason():
    app = upload(visit("series"), months(wave(60)) + b"\nTotal;2999")
    (table,) = app.main.dataframe
    row = next(row for row in table.value.index if ":" in row)
    assert row.startswith("62: ") and table.value.loc[row].iloc[1] == STRUCK.join([*"2999", ""])
    assert (table.value.drop(index=row).map(lambda cell: STRUCK in cell)).to_numpy().sum() == 0
    config = json.loads(table.proto.columns)
    assert [config[name]["label"] for name in ("month", "sales")] == ["month · date", "sales · number"]


def test_codes_that_are_no_numbers_are_said_and_change_nothing():
    app = upload(visit("series"), months(["-999" if k in (9, 20, 30) else v for k, v in enumerate(wave())]))
    (codes,) = [field for field in app.main.text_input if field.label.startswith("Codes")]
    assert codes.value == "-999" and UNSURE in codes.label
    whole(codes.set_value("n/a").run())
    s = desk(app)
    assert "they must be numbers" in html(app) and np.isnan(s.series.reading.values[9])
    (codes,) = [field for field in app.main.text_input if field.label.startswith("Codes")]
    whole(codes.set_value("").run())
    assert s.series.reading.values[9] == -999
