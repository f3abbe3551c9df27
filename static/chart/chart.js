// A chart that is looked at while it changes: one Plotly figure, built once, then every message updates it in place.

import { styled } from "../board/styled.js";
import { watch } from "../board/watch.js";
import { plot } from "./plot.js";

const charts = new WeakMap();

// Show a message (bytes) in this root. -> what to call when the root goes.
export async function show(root, bytes, style, tell) {
  if (!charts.has(root)) charts.set(root, styled(root, style).then(() => create(root)));
  const chart = await charts.get(root);
  chart.receive(JSON.parse(new TextDecoder().decode(bytes)), tell);
  return () => setTimeout(() => { if (!root.isConnected) { chart.close(); charts.delete(root); } });
}

function create(root) {
  let tell = () => {}, clicks = 0, picks = false;
  const chart = plot(root.querySelector(".space"), "whole", (x, y) => picks && tell("picked", { x, y, clicks: ++clicks }));
  const overdue = watch((times) => tell("overdue", times));
  return {
    receive(now, teller) {
      tell = teller ?? tell;
      picks = now.picks;
      overdue.film(now);
      chart.receive(now.chart, now.data);
    },
    close: () => [chart, overdue].forEach((part) => part.close()),
  };
}
