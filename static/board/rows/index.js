// The rows of the board, from the top: everything that walks over them walks this list. What a row may say of itself:
// Row in static/types.d.ts. In this order they are drawn, too: a later one lies over those before it.

import { covered } from "../covers.js";
import { add } from "../svg.js";
import { axis } from "./axis.js";
import { carry } from "./carry.js";
import { gradient } from "./gradients.js";
import { band, halves } from "./halves.js";
import { hidden } from "./hidden.js";
import { input } from "./inputs.js";
import { loss } from "./loss.js";
import { output } from "./outputs.js";
import { weight } from "./weights.js";

/** @type {Row[]} */
export const ROWS = [band, input, carry, hidden, halves, output, loss, gradient, axis, weight];

/** @type {Target} Where the arrow keys begin. */
export const HOME = { row: "hidden", t: 0, u: 0 };

export const rowOf = (name) => ROWS.find((row) => row.name === name);

/**
 * What draws a frame of each row, drawn empty. slow: for slow motion, which draws some rows itself.
 * @param {Board} board
 */
export const drawn = (svg, board, slow = false) =>
  ROWS.filter((row) => (!slow || row.slow !== false) && !covered(board.film, row.name))
    .map((row) => row.draw?.(svg, board))
    .filter(Boolean);

/** @param {Board} board */
export const labels = (gutter, board) =>
  ROWS.forEach((row) => row.label?.(row.help ? helped(gutter, row.help) : gutter, board));

// Where words stand that say more when they are pointed at.
function helped(gutter, help) {
  const part = add(gutter, "g");
  add(part, "title", {}, help);
  return part;
}
