// A chart that is looked at while it changes: one Plotly figure, built once, then every message updates it in place.

import { mounted } from "../board/mount.js";
import { point } from "../board/pointed.js";
import { watch } from "../board/watch.js";
import { plot } from "./plot.js";

export const show = mounted(create);

function create(root) {
  let tell = () => {},
    clicks = 0,
    picks = false,
    points = false;
  const picked = (x, y) => picks && tell("picked", { x, y, clicks: ++clicks });
  const pointed = (_, x) => points && point(x);
  const chart = plot(root.querySelector(".space"), "whole", picked, pointed);
  const overdue = watch((times) => tell("overdue", times));
  return {
    receive(now, teller) {
      tell = teller ?? tell;
      [picks, points] = [now.picks, now.points];
      overdue.film(now);
      chart.receive(now.chart, now.data);
    },
    close: () => [chart, overdue].forEach((part) => part.close()),
  };
}
