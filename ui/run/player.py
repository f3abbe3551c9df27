"""Play, pause, step, reset; and the ticking fragment that trains and shows the board."""

from html import escape

import streamlit as st

from rnn_core.words import t
from ui import STATIC
from ui.board.board import board, choice
from ui.frame.address import changed
from ui.kept.keep import keep_button, keeper
from ui.run.history import save_history
from ui.run.records import Screen
from ui.run.recovery import calmer, what_continuing_does
from ui.run.session import SPEEDS, Session, now
from ui.run.visit import first_minute, presenting, show_everything

SPEED_NAMES = {"story": t("story"), "slow": t("slow"), "steady": t("steady"), "full": t("full")}
LINK = {kind: (STATIC / "frame" / f"link.{kind}").read_text("utf-8") for kind in ("css", "js")}


def transport(s: Session, prefix: str = "", slowly: bool = True, history: bool = True) -> None:
    """The row of buttons. After a divergence its first place offers the way on. prefix: of the keys of the controls.
    slowly: whether the page has a board, on which a step can be replayed. history: whether it and the run can be saved.
    """
    first = first_minute()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="transport"):
        if first and not s.status.diverged:
            st.button(
                t("Watch it learn"), key="watch", type="primary", on_click=s.ask, args=("play",), disabled=s.playing
            )
        if s.status.diverged:
            st.button(
                t("Clip and continue from step {sound_step}", sound_step=s.status.sound_step),
                key="continue",
                type="primary",
                on_click=clip_and_continue,
                args=(s, prefix),
                help=what_continuing_does(s.config, s.status.sound_step),
            )
        else:
            st.button(
                (t("Stop") if s.goal else t("Pause")) if s.playing else t("Play"),
                key="play",
                type="secondary" if first else "primary",
                on_click=s.ask,
                args=("pause" if s.playing else "play",),
                icon=":material/pause:" if s.playing else ":material/play_arrow:",
            )
            st.button(t("Step"), key="step", on_click=s.ask, args=("step",))
            if slowly and not first:
                st.button(
                    t("One step, slowly"),
                    key="slowly",
                    on_click=s.ask,
                    args=("slowly",),
                    help=t("Takes the next training step and shows, stage by stage, how it came about: forward, loss, "
                    "backward, clipping, update. The arrow keys walk, Escape leaves."),
                )
        st.button(t("Reset"), key="reset", on_click=s.ask, args=("reset",))
        if first:
            s.speed = s.usual
            st.button(t("Show everything"), key="everything", on_click=show_everything)
            return
        if slowly and not s.status.diverged:
            st.button(
                t("Skip ahead"),
                key="skip",
                on_click=s.ask,
                args=("skip",),
                disabled=s.playing,
                help=t("Trains as fast as it goes until every held-out prediction is right, or the task's number of "
                "steps is used up, and stands still there."),
            )
        s.speed = speed(s.usual)
        if not presenting():
            if history:
                if not s.status.diverged:
                    keep_button(s)
                save_history(s)
            copy_link()
    if history and not presenting():
        keeper()


def speed(usual: str = Session.usual) -> str:
    """The choice of how fast it plays. usual: where nobody chose."""
    return st.segmented_control(
        t("Speed"),
        list(SPEEDS),
        format_func=SPEED_NAMES.__getitem__,
        default=usual,
        required=True,
        key="speed",
        bind="query-params",
        label_visibility="collapsed",
    )


def copy_link() -> None:
    """A button that puts the address into the clipboard: with it anybody opens the same run."""
    data = {
        "copy": t("Copy link"),
        "copied": t("Copied"),
        "failed": t("Copy it from the address bar"),
        "title": t("The address holds every setting: whoever opens it has the same run."),
    }
    html = f'<button class="copy" type="button">{escape(data["copy"])}</button>'
    mount = st.components.v2.component("copy_link", html=html, css=LINK["css"], js=LINK["js"])
    mount(key="copy-link", data=data, width="content")


def clip_and_continue(s: Session, prefix: str = "") -> None:
    """Set what `calmer` says, also where a sidebar shows it, and go on."""
    values = calmer(s.config)
    for name, value in values.items():
        st.session_state[prefix + name] = value
    s.apply(changed(s.config, values))
    s.ask("continue")


def tick(s: Session, period: float | None) -> tuple[list[str], bool]:
    """One tick of the board: train a slice, show the film."""
    show(s, now())
    if not presenting():
        spoken(s)
    return ["board"], False


def spoken(s: Session) -> None:
    """One line under the board: a sentence about the run, or how far it has skipped ahead."""
    with s.lock:
        text = "" if s.status.diverged or s.status.imagined else s.comment(now())
        step, goal = s.status.step, s.goal
    if goal is not None:
        ahead = t("Skipping ahead")
        bar = f'<progress value="{step}" max="{goal}" aria-label="{escape(ahead)}"></progress>'
        where = t("Skipping ahead: step {step} of {goal} at most.", step=f"{step:,}", goal=f"{goal:,}")
        st.html(f'<p class="comment">{bar} {where}</p>')
    else:
        st.html(f'<p class="comment">{escape(text)}</p>')


def show(s: Session, moment: float | None = None) -> None:
    """Hand the film to the board. moment: of a tick, which trains first."""
    chosen = choice("board", s.shows)
    with s.lock:
        screen = Screen(chosen, s.playing, s.pace.period, presenting(), first_minute(), s.folded, s.opens)
        film = s.shown(screen, moment)
    board(film, key="board")
