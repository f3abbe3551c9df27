// The counters over the picture: each in its fixed place.

import { count, metric as metricName, percent, share, short } from "../format.js";
import { html, say } from "../svg.js";
import { t } from "../../words.js";

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
  const step = counter(t("step")),
    loss = counter(t("loss")),
    heldOut = counter(t("held-out loss"));
  heldOut.closest(".counter").classList.add("extra");
  const scored = metricName(film.metric_name);
  const metric = counter(scored, t("{metric} on the held-out sequences", { metric: scored }), film.unit);
  html(metric.closest(".counter").firstChild, "span", "split", t(", held out"));
  const baseline = counter(t("baseline, {name}", film.baseline), `${film.baseline.name}: ${film.baseline.why}`);
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
