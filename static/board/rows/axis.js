// The axis that all rows share, with the numbers of the time steps.

import { labelled } from "../format.js";
import { add } from "../svg.js";
import { about } from "./labels.js";
import { t } from "../../words.js";

/** @type {Row} */
export const axis = {
  name: "axis",
  help: t("The time steps of the sequence, from left to right. Every column is the same network, at another step."),
  height: 20,
  label: (gutter, { lay: { y, narrow } }) => about(gutter, y.axis + 15, narrow ? t("time t") : t("time step t")),
  draw(svg, { lay }) {
    for (const t of labelled(lay.T, lay.pitch))
      add(svg, "text", { class: "axis", y: lay.y.axis + 15, "text-anchor": "middle", x: lay.x(t - 1) }, String(t));
    return null;
  },
};
