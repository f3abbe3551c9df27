"""The page Learn: the list of lessons; of one step the question, what to do, what came true; and the live board."""

from collections.abc import Mapping
from contextlib import suppress
from functools import reduce
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from rnn_core import Config
from rnn_core.config import Field
from rnn_core.lessons import LESSONS, Ask, Lesson
from rnn_core.lessons.texts import StepText, fill
from rnn_core.words import fill as places
from rnn_core.words import t
from ui.controls.controls import widget
from ui.frame.address import Notes, changed, fields_of, quoted, read_one
from ui.frame.navigation import page_of, table
from ui.learn.answers import Answers, Entry
from ui.learn.game import LAST, ROUND
from ui.learn.walk import Walk
from ui.playground.words import heading
from ui.run.player import show
from ui.run.session import now
from ui.run.visit import OWN, address, presenting, put_right

QUIET = ("look", "slowly")  # deeds of which nobody but the learner knows when they are done
BY_HAND = {
    name for lesson in LESSONS.values() for step in lesson.steps if step.stage.hand for name in step.stage.hand.choices
}
HERE, PREFIX, SAID, LIST = OWN["Learn"], "learn-", "learn-said", "learn-list"


def lesson_session() -> Walk | None:
    """The walk at the step that the address names, None where it names none; what it cannot mean is said, and put
    right.
    """
    query = address()
    if "lesson" not in query:
        st.session_state[LIST] = True  # all lessons are shown, and one of them may be begun
        if walk := st.session_state.pop(HERE, None):
            walk.left()
            # A link to the page that is open does not change the browser's address, where no control still holds it.
            with suppress(StreamlitAPIException):
                st.query_params.from_dict(query)
        return None
    name, text = query["lesson"][-1], (query.get("step") or ["1"])[-1]
    if wrong := no_step(name, text):
        st.session_state[SAID] = wrong
        for setting in ("lesson", "step"):
            st.query_params.pop(setting, None)
        st.rerun()
    st.session_state.pop(SAID, None)
    first = HERE not in st.session_state
    if first:
        st.session_state[HERE] = Walk(name, int(text))
        put_right(st.session_state[HERE], query, query)
        if st.session_state.pop(LIST, False):
            st.query_params.from_dict(query)  # as above
    s: Walk = st.session_state[HERE]
    usual = s.usual
    if s.go(name, int(text)):
        if s.speed != s.wanted:
            s.wanted = None if s.speed == usual else s.speed
        st.query_params["lesson"] = name  # sends the whole address
        for control in {*Config.fields(), *BY_HAND}:  # what the last step's controls remember
            if PREFIX + control not in query:
                st.session_state.pop(PREFIX + control, None)
        if "speed" not in query:
            st.session_state["speed"] = s.wanted or s.usual
        first = True
    if first:
        s.notes = left_out(s, query)
    s.address = query
    return s


def left_out(s: Walk, query: Mapping[str, list[str]]) -> Notes:
    """What an address asks of the step's controls that cannot be, in sentences: their widgets pass over it."""
    fields = {name: field for name, field in fields_of(s.config.task).items() if name in s.at.stage.controls}
    for name, (_, words) in s.lesson.text.steps[s.at.name].choices.items():
        options = tuple(words.values())
        fields[name] = Field(name, options[0], "choice", "", options)
    if s.at.stage.game:
        fields[ROUND.removeprefix(PREFIX)] = Field("round", 1, "int", "", low=1, high=LAST)
    wrong = [read_one(field, query[PREFIX + name][-1])[1] for name, field in fields.items() if query.get(PREFIX + name)]
    return tuple(t("{problem}. It is left out.", problem=problem) for problem in wrong if problem)


def no_step(name: str, text: str) -> str:
    """Why there is no such step, in a sentence; "" where there is one."""
    if name not in LESSONS:
        return t("There is no lesson {name}. These are the lessons that there are.", name=quoted(name))
    count = len(LESSONS[name].steps)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= count):
        return t("“{lesson}” has steps 1 to {count}, and no step {step}. These are the lessons.",
                 lesson=LESSONS[name].title, count=count, step=quoted(text))  # fmt: skip
    return ""


def link(lesson: Lesson, number: int) -> dict[str, str]:
    """Of a step, its settings in the address, and what somebody chose for the whole walk."""
    chosen = {name: st.query_params[name] for name in ("presentation", "speed") if name in st.query_params}
    return {"lesson": lesson.name, "step": str(number)} | chosen


def here() -> Any:
    """This page, as a link needs it."""
    return page_of("Learn")


def place() -> DeltaGenerator:
    """Where a lesson's words stand: in the sidebar, and for a room above the board."""
    return st.container() if presenting() else st.sidebar


def lessons(book: Answers) -> None:
    """Every lesson as a card, in their order."""
    st.title(t("Learn"), anchor=False)
    done, count = sum(map(book.done, LESSONS.values())), sum(len(lesson.steps) for lesson in LESSONS.values())
    st.markdown(t(
        "Each step asks what you expect, lets you do it, and tells what happened with the numbers of your own run. "
        "Take the lessons in any order, and skip what you like. So far you have looked at {done} of {count} steps.",
        done=done, count=count
    ))  # fmt: skip
    notes = [*([st.session_state[SAID]] if SAID in st.session_state else []), *book.problems]
    if notes:
        st.html(f'<ul class="notes" role="status">{"".join(f"<li>{escape(each)}</li>" for each in notes)}</ul>')
    with st.container(key="lessons"):
        for number, lesson in enumerate(LESSONS.values(), 1):
            with st.container(border=True, key=f"lesson-{lesson.name}"):
                card(number, lesson, book)
    take_away(book)


def card(number: int, lesson: Lesson, book: Answers) -> None:
    """One lesson: its question, how long it takes, and how far one is."""
    done, count = book.done(lesson), len(lesson.steps)
    bars = "".join(f'<i class="{"done" if book.of(lesson, step).done else ""}"></i>' for step in lesson.steps)
    far = t("{minutes} minutes, {done} of {count} steps", minutes=lesson.minutes, done=done, count=count)
    st.html(
        f'<div class="lesson"><h2>{number}. {escape(lesson.title)}</h2><p>{escape(lesson.question)}</p>'
        f'<p class="far"><span class="bars" aria-hidden="true">{bars}</span>{far}</p></div>'
    )
    words = t("Go on with lesson {number}, step {step}", number=number, step=book.next_step(lesson))
    if not done:
        words = t("Begin lesson {number}", number=number)
    elif done == count:
        words = t("Look at lesson {number} again", number=number)
    st.page_link(here(), label=words, query_params=link(lesson, book.next_step(lesson)))


def take_away(book: Answers) -> None:
    """The answers as a file, and how to be rid of them."""
    if not book:
        return
    with st.container(horizontal=True, gap="small", key="learn-downloads"):
        st.download_button(
            t("My answers"),
            book.as_markdown,
            "unrolled-answers.md",
            "text/markdown",
            key=PREFIX + "save",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            help=t("Every question, your prediction, and what came true, as a text file."),
        )
        st.button(
            t("Forget my answers"),
            key=PREFIX + "forget",
            type="tertiary",
            on_click=book.forget,
            help=t("They are kept in this browser only. This takes them away there, too."),
        )


def ask(s: Walk, book: Answers) -> None:
    """The upper part of a step: what stands on the board, the question, and what to do."""
    lesson, step, words = s.lesson, s.at, s.lesson.text.steps[s.at.name]
    count = len(lesson.steps)
    far = t("Step {number} of {count}", number=s.number, count=count)
    st.html(f'<div class="step-head">{heading(lesson.title)}<p>{far}</p></div>')
    st.markdown(words.intro)
    with st.container(key="learn-ask", gap="small"):
        st.html('<p class="part">' + t("Predict") + "</p>")
        sketches(step.ask, words)
        key = f"{PREFIX}answer-{lesson.name}-{step.name}"
        if st.session_state.get(key) is None:  # also where the browser's answers came after the page
            answer = book.of(lesson, step).answer
            st.session_state[key] = int(answer) if answer and step.ask.between else answer
        common: dict[str, Any] = {
            "key": key,
            "on_change": lambda: predict(s, book, as_answer(st.session_state[key])),
        }
        if step.ask.between:
            st.number_input(words.ask, *step.ask.between, None, **common)
        else:
            st.radio(words.ask, step.ask.options, None, format_func=words.in_words, **common)
    with st.container(key="learn-do", gap="small"):
        st.html('<p class="part">' + t("Do") + "</p>")
        st.markdown(words.do)
        controls(s)


def predict(s: Walk, book: Answers, answer: str | None) -> None:
    """Somebody predicts: what was covered until then is seen."""
    book.predict(s.lesson, s.at, answer)
    s.uncovered = True


def as_answer(value: object) -> str | None:
    """What a widget says, as an answer."""
    return None if value is None else str(value)


def sketches(ask_of: Ask, words: StepText) -> None:
    """The curves among which to choose, each with its words."""
    drawn = [
        f'<figure><i style="clip-path: polygon({polygon(curve)})"></i>'
        f"<figcaption>{escape(words.options[option])}</figcaption></figure>"
        for option, curve in ask_of.curves.items()
    ]
    if drawn:
        st.html(f'<div class="sketches">{"".join(drawn)}</div>')


def polygon(curve: tuple[float, ...]) -> str:
    """What lies below a curve of heights from 0 to 1, in CSS."""
    top = [f"{100 * i / (len(curve) - 1):.0f}% {94 - 90 * height:.0f}%" for i, height in enumerate(curve)]
    return ", ".join((*top, "100% 100%", "0% 100%"))


def controls(s: Walk) -> None:
    """The controls that the step speaks of, and run what they say."""
    values = {}
    for name in s.at.stage.controls:
        field = Config.fields()[name]._replace(default=getattr(s.at.stage.config, name))
        values[name] = widget(field, s, PREFIX)
    try:
        s.refused = ""
        s.apply(changed(s.config, values))
    except ValueError as problem:
        s.refused = t("{problem}. The run before this change goes on.", problem=problem)
    if s.at.stage.hand:
        s.choose({name: by_hand(s, name, options) for name, options in s.at.stage.hand.choices.items()})


def by_hand(s: Walk, name: str, options: tuple[str, ...]) -> str:
    """The widget of what is set by hand -> the option."""
    label, words = s.lesson.text.steps[s.at.name].choices[name]
    return st.segmented_control(
        label, options, default=options[0], format_func=words.__getitem__, required=True, width="stretch",
        key=PREFIX + name, bind="query-params",
    )  # fmt: skip


def see(s: Walk, book: Answers) -> None:
    """The lower part of a step: what came true and why, once it can be seen; and the ways on."""
    lesson, step = s.lesson, s.at
    s.look()
    entry = book.of(lesson, step)
    revealed = s.revealed or (entry.answer is not None and (step.stage.deed not in QUIET or s.played_it))
    if s.verdict and revealed and not from_run(entry, s):
        book.came_true(lesson, step, s.verdict)
        entry = book.of(lesson, step)
    shown = entry.done and (s.revealed or not presenting())  # a room waits, also where the teacher was here before
    s.uncovered = s.uncovered or (entry != Entry() and not presenting())
    with st.container(key="learn-seen", gap="small"):
        st.html('<p class="part">' + t("See") + "</p>")
        st.html(f'<p class="came" role="status">{came_true(s, entry) if shown else meanwhile(s)}</p>')
        if shown:
            explanation(s, entry)
        if not shown or not (s.verdict or s.revealed):  # where the browser kept the answer, the run is a new one
            st.button(offer(s), key="answer", on_click=show_me, args=(s,))
    ways(s, shown)


def from_run(entry: Entry, s: Walk) -> bool:
    """Whether the entry is of this very run."""
    return s.verdict is not None and entry.right == s.verdict.right and entry.numbers == s.verdict.numbers


def came_true(s: Walk, entry: Entry) -> str:
    """What was predicted, and what it was, as HTML."""
    words = s.lesson.text.steps[s.at.name]
    happened = {
        (True, False): t("What happened: {answer}."),
        (True, True): t("What happened: {answer}, as you predicted."),
        (False, False): t("What happened in your last run: {answer}."),
        (False, True): t("What happened in your last run: {answer}, as you predicted."),
    }[bool(s.verdict), entry.answer == entry.right]
    happened = places(happened, {"answer": escape(words.in_words(entry.right or ""))})
    before = ""
    if entry.answer and entry.answer != entry.right:
        before = t("Your prediction: {answer}.", answer=escape(words.in_words(entry.answer)))
        before = f"<span>{before}</span>"
    return f"{before}<span><b>{happened}</b></span>"


def meanwhile(s: Walk) -> str:
    """What the run does that was set by hand and is not yet what is asked for, as HTML; "" before anything was set."""
    if not s.meanwhile or s.chosen == s.first:
        return ""
    text = s.lesson.text.steps[s.at.name].meanwhile.get(s.meanwhile.right, "")
    return f'<span class="so-far">{escape(fill(text, s.meanwhile.numbers))}</span>' if text else ""


def explanation(s: Walk, entry: Entry) -> None:
    """Of a wrong prediction what would have been true; then why, with the run's numbers; and where the run is none of
    those that the text was written for.
    """
    words = s.lesson.text.steps[s.at.name]
    if entry.answer and entry.right and entry.answer != entry.right:
        st.markdown(fill(words.otherwise.get(s.at.ask.mistake(entry.answer, entry.right), ""), entry.numbers))
    st.markdown(fill(words.why, entry.numbers))
    false = [claim for claim, so in (s.verdict.claims if s.verdict else {}).items() if not so]
    if false:
        claims = reduce(lambda a, b: t("{claims} and that {claim}", claims=a, claim=b), false)
        st.markdown(t("In this run it was not so that {claims}.", claims=claims))


def offer(s: Walk) -> str:
    """What the button says that shows the answer: it also does what is left to do, where that is not only to look."""
    stage = s.at.stage
    done = stage.deed == "look" or (stage.deed == "slowly" and s.status.step >= stage.steps)
    return t("Show the answer") if done else t("Show me")


def show_me(s: Walk) -> None:
    """Do what the step asks for, as far as it is not done, and show the answer."""
    s.revealed, stage = True, s.at.stage
    st.session_state.update({PREFIX + name: value for name, value in stage.settings.items()} if not s.verdict else {})
    if stage.weights and not s.verdict:
        s.ask("weights")
    if stage.steps > s.status.step and not s.status.diverged:
        s.ask("play" if stage.steps > 1 else "slowly" if stage.deed == "slowly" else "step")


def ways(s: Walk, shown: bool) -> None:
    """To the steps before and after, and to all lessons; after the last one, the question that stays open."""
    lesson, count = s.lesson, len(s.lesson.steps)
    if s.number == count and shown:  # it may give the answer away
        with st.container(key="learn-open"):
            st.markdown(t("**A question that stays open.** {question}", question=lesson.text.open))
            name, settings = lesson.onward
            page = next(
                page for page in table() if page.url_path == name or (name == "playground" and page.url_path == "")
            )
            st.page_link(page, label=lesson.text.link, query_params=dict(settings), icon=":material/arrow_forward:")
    names = list(LESSONS)
    after = names.index(lesson.name) + 1
    with st.container(horizontal=True, gap="small", key="learn-ways"):
        if s.number > 1:
            st.page_link(
                here(), label=t("Back"), query_params=link(lesson, s.number - 1), icon=":material/chevron_left:"
            )
        if s.number < count:
            label = t("Next") if shown else t("Skip")
            st.page_link(here(), label=label, query_params=link(lesson, s.number + 1), icon=":material/chevron_right:")
        elif after < len(names):
            following = LESSONS[names[after]]
            st.page_link(
                here(), label=t("Next lesson: {title}", title=following.title), query_params=link(following, 1),
                icon=":material/chevron_right:",
            )  # fmt: skip
        st.page_link(here(), label=t("All lessons"), icon=":material/list:")


def tick(s: Walk, period: float | None) -> tuple[list[str], bool]:
    """One tick: train a slice, show the film, ask the check."""
    show(s, now())
    return ["board"], s.look()
