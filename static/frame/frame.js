// What Streamlit has no word for. The links to the pages are a landmark; what is refused is scrolled to. And four
// shortcuts: Space plays or pauses, s takes a step, r resets, a shows the answer, while the focus is on nothing or on
// the board; elsewhere a key belongs to what has the focus.

// Who has had the whole board is no newcomer any more (ui/run/visit.py).
const SEEN = "unrolled-seen=true; max-age=31536000; path=/; samesite=lax";
const BUTTONS = { " ": "play", s: "step", r: "reset", a: "answer" };

export default function ({ data }) {
  /** @type {any} */ (globalThis).unrolledWords = data.words; // static/words.js
  const links = document.querySelector(".st-key-links");
  links?.setAttribute("role", "navigation");
  links?.setAttribute("aria-label", data.pages);
  if (window.unrolledKeys) return;
  window.unrolledKeys = true;
  mend();
  let clicked = null; // a button of the row that the mouse pressed: it keeps the focus, but letters mean nothing to it
  window.addEventListener(
    "click",
    (event) => {
      clicked = event.detail ? /** @type {Element} */ (event.target).closest(".st-key-transport button") : null;
    },
    true,
  );
  window.addEventListener(
    "keydown",
    (event) => {
      const name = BUTTONS[event.key.toLowerCase()],
        target = event.composedPath()[0];
      if (!name || event.ctrlKey || event.metaKey || event.altKey || document.querySelector(":modal")) return;
      if (!free(target) && !(event.key !== " " && target === clicked)) return;
      // static/board/slow: it plays the replay
      if (event.key === " " && document.documentElement.classList.contains("replaying")) return;
      /** @type {HTMLElement | null} */
      const button = document.querySelector(`.st-key-${name} button:enabled`);
      if (!button) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!event.repeat) button.click();
    },
    true,
  );
}

// Nothing has the focus, or the page's scroller, which takes every click beside a control; or the board has it.
const free = (target) =>
  target.matches("html, body, [data-testid=stMain]") || target.matches(".unrolled :is(.cursor, .scroller)");

// Again after every change of the page: what is refused is scrolled to, once; an uploader's part, which has a name, has
// a role; and what lies over the page, beside the app, knows whether it is dark.
function mend() {
  let text = "",
    known = false,
    before = "",
    sought = decodeURIComponent(location.hash.slice(1));
  const look = () => {
    const notes = [...document.querySelectorAll(".notes[role=status], .trouble")],
      now = notes.map((e) => e.textContent).join();
    if (now && now !== text) notes[0].scrollIntoView({ block: "nearest" });
    text = now;
    const came = document.querySelector(".came"),
      step = came && `${location.search} ${came.textContent}`;
    if (came?.textContent && before === `${location.search} ` && matchMedia("(min-width: 901px)").matches)
      came.scrollIntoView({ block: "center" });
    before = step; // what a lesson's step has come to is seen, where it comes
    // a link to a word of About's glossary
    const term = sought && document.getElementById(sought)?.closest(".glossary > div");
    if (term) {
      term.scrollIntoView({ block: "center" });
      sought = "";
    }
    if (!known && document.querySelector(".st-key-skip")) {
      document.cookie = SEEN;
      known = true;
    }
    for (const part of document.querySelectorAll("section[role=presentation][aria-label]"))
      part.setAttribute("role", "group");
    document.documentElement.style.colorScheme = getComputedStyle(
      document.querySelector("[data-testid=stApp]"),
    ).colorScheme;
  };
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["class"],
  });
  look();
}
