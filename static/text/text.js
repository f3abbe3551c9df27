// The text page: built once, then every message only changes what has changed. Whatever a person brought becomes a text
// node or an attribute, never markup.

import { mounted } from "../board/mount.js";
import { html, say } from "../board/svg.js";
import { watch } from "../board/watch.js";
import { expected } from "./expected.js";
import { perplexity } from "./perplexity.js";
import { unit } from "./unit.js";
import { written } from "./written.js";

export const show = mounted(create);

function create(root) {
  const page = root.querySelector(".desk");
  let tell = /** @type {Tell} */ (() => {}),
    wanted = {},
    waiting = 0;
  const overdue = watch((times) => tell("overdue", times));
  // Several keys in a row are one message.
  const ask = (change, patience = 0) => {
    wanted = { ...wanted, ...change };
    clearTimeout(waiting);
    waiting = setTimeout(() => tell("view", wanted), patience);
  };
  const parts = [
    perplexity(section(page, "perplexity")),
    written(section(page, "written")),
    expected(section(page, "expected"), ask),
    unit(section(page, "unit"), ask),
  ];
  page.addEventListener("keydown", (event) => {
    // what is typed here presses no button of the page
    if (event.target.matches("input, select") || (event.key === " " && event.target.matches("button")))
      event.stopPropagation();
  });
  return {
    receive(now, teller) {
      tell = teller ?? tell;
      overdue.film(now);
      if (wanted.texts !== now.texts) wanted = { ...wanted, texts: now.texts, unit: -1 };
      say(root.querySelector(".says"), "");
      for (const part of parts) part.receive(now);
    },
    close() {
      overdue.close();
      for (const part of parts) part.close?.();
    },
  };
}

const section = (page, name) => html(page, "section", name);
