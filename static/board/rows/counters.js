// The counters over the picture: each in its fixed place.

import { count, percent, share, short } from "../format.js";
import { html, say } from "../svg.js";

export function counters(parent, { film }) {
  const counter = (name, title, unit) => {
    const place = html(parent, "div", "counter");
    html(place, "span", "name", name);
    if (title) place.title = title;
    const line = html(place, "span"),
      value = html(line, "span", "value", "–");
    if (unit) html(line, "span", "value in", unit);
    return value;
  };
  const step = counter("step"),
    loss = counter("loss"),
    heldOut = counter("held-out loss");
  heldOut.closest(".counter").classList.add("extra");
  const metric = counter(film.metric_name, `${film.metric_name} on the held-out sequences`, film.unit);
  html(metric.closest(".counter").firstChild, "span", "split", ", held out");
  const baseline = counter(`baseline, ${film.baseline.name}`, `${film.baseline.name}: ${film.baseline.why}`);
  baseline.closest(".counter").classList.add("baseline");
  say(baseline, short(film.baseline.loss));
  return (frame) => {
    say(step, count(frame.step));
    say(loss, short(frame.loss));
    if (Number.isFinite(frame.heldOut)) {
      say(heldOut, short(frame.heldOut));
      say(metric, share(film.metric_name) ? percent(frame.metric) : short(frame.metric));
    }
  };
}
