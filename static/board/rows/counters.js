// The counters over the picture: each in its fixed place.

import { count, metric as metricName, percent, share, short } from "../format.js";
import { html, say } from "../svg.js";
import { t } from "../../words.js";

export function counters(parent, { film }) {
  const counter = (name, title, unit) => {
    const place = html(parent, "div", "counter");
    html(place, "span", "name", name);
    place.title = title;
    const line = html(place, "span"),
      value = html(line, "span", "value", "–");
    if (unit) html(line, "span", "value in", unit);
    return value;
  };
  const step = counter(
    t("step"),
    t("How many training steps were taken. In each the weights change once, after one batch of sequences."),
  );
  const loss = counter(
    t("loss"),
    t("How wrong the predictions are in the batch of the last training step. It is what training makes small."),
  );
  const heldOut = counter(
    t("held-out loss"),
    t("The loss on sequences that the network never trains on. Where it rises while the loss falls, it overfits."),
  );
  heldOut.closest(".counter").classList.add("extra");
  const scored = metricName(film.metric_name);
  const heldOutToo = t("held out"); // where there is room for it
  const judged = t("{metric} on the held-out sequences. The network never trains on these.", { metric: scored });
  const metric = counter(scored, judged, film.unit);
  html(metric.closest(".counter").firstChild, "span", "split", `, ${heldOutToo}`);
  const baseline = counter(
    t("baseline, {name}", film.baseline),
    t("The loss of a simple rule, {name}: {why}. A network that is no better has learned nothing.", film.baseline),
  );
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
