// A chart that is looked at while it changes: one Plotly figure, built once, then every message updates it in place.

import { mounted } from "../board/mount.js";
import { point } from "../board/pointed.js";
import { watch } from "../board/watch.js";
import { plot } from "./plot.js";

export const show = mounted(create);
const NEAR = "300px"; // beside the window: what is written under a chart belongs to it

function create(root) {
  /** @type {Tell} */
  let tell = () => {};
  let clicks = 0,
    changes = 0,
    picks = false,
    points = false,
    inView = true,
    taken = null; // whether Python takes it as seen; null: it does not ask
  const picked = (x, y) => picks && tell("picked", { x, y, clicks: ++clicks });
  const pointed = (_, x) => points && point(x);
  const chart = plot(root.querySelector(".space"), "whole", picked, pointed);
  const overdue = watch((times) => tell("overdue", times));
  const sight = new IntersectionObserver(
    (entries) => {
      inView = entries.at(-1).isIntersecting;
      see();
    },
    { rootMargin: NEAR },
  );
  sight.observe(root);
  // While the run plays: what nobody sees need not be computed.
  const see = () => {
    if (taken === null || taken === inView) return;
    taken = inView;
    tell("seen", { seen: inView, changes: ++changes });
  };
  return {
    receive(now, teller) {
      tell = teller ?? tell;
      [picks, points] = [now.picks, now.points];
      overdue.film(now);
      taken = now.playing ? now.seen : null;
      see();
      chart.receive(now.chart, now.data);
    },
    close: () => {
      sight.disconnect();
      [chart, overdue].forEach((part) => part.close());
    },
  };
}
