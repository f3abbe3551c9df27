// What a lesson covers until somebody has predicted (film.covers): it is not drawn, pointed at or told. In its place one
// sentence stands, which is pressed to see it all the same.

import { html } from "./svg.js";
import { t } from "../words.js";

/** @param {{ covers?: string[] }} film @param {string} name of a row, "norm" or "loop" */
export const covered = ({ covers }, name) => Boolean(covers?.includes(name));

// -> veil(film, lay): the sentences of a board that was laid out anew. lay.places: of what is no row.
export function veils(root, uncover) {
  let all = [];
  return (film, lay) => {
    all.forEach((node) => node.remove());
    all = (film.covers ?? []).map((name) => {
      const row = { x: lay.gutter, y: lay.y[name], width: lay.width - lay.gutter, height: lay.tall[name] },
        { x, y, width, height } = lay.places[name] ?? row,
        veil = html(root, "button", "cover", t("Covered until you predict."));
      Object.assign(veil, { type: "button", title: t("Press to see it now.") });
      veil.dataset.of = name;
      Object.assign(veil.style, {
        left: `${x}px`,
        top: `${lay.counters + y}px`,
        width: `${width}px`,
        height: `${height}px`,
      });
      veil.addEventListener("click", uncover);
      return veil;
    });
  };
}
