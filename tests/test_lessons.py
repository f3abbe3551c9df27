"""The five lessons: linked from the app as docs/teachers.md tells them, and each setting is one that the page takes."""

from urllib.parse import urlencode

from tests.visiting import ROOT, visit
from ui.frame.address import read
from ui.playground.lessons import LESSONS


def test_each_lesson_runs_as_its_link_says_and_is_told_for_teachers():
    told = (ROOT / "docs" / "teachers.md").read_text("utf-8")
    for lesson in LESSONS:
        config, said = read({name: [text] for name, text in lesson.settings.items()})
        assert said == ()
        assert all(str(getattr(config, name)) == text for name, text in lesson.settings.items())
        assert f"**{lesson.title}.** `?{urlencode(lesson.settings)}`" in told.replace("\n   ", " "), lesson.title


def test_about_links_to_every_lesson():
    links = {link.proto.query_string for link in visit("about").get("page_link")}
    assert links >= {urlencode(lesson.settings) for lesson in LESSONS}
