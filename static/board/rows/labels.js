// How a row's words are written in the gutter, which stays while the time axis scrolls.

import { add } from "../svg.js";

export const title = (gutter, y, text) => add(gutter, "text", { class: "title", x: 0, y }, text);

export const about = (gutter, y, text, x = 0) => add(gutter, "text", { class: "sub", x, y }, text);

// parts: [[text, whether it is set low], …].
export function symbol(gutter, y, parts, x = 0) {
  const text = add(gutter, "text", { class: "sub", x, y });
  let low = false;
  for (const [part, isLow] of parts) {
    add(text, "tspan", { class: isLow ? "low" : "", dy: isLow === low ? 0 : isLow ? 3 : -3 }, part);
    low = isLow;
  }
}
