// Round numbers along an axis, and which labels have room. Everything here is a pure function.

// About n round numbers from low to high, both included in what they span.
export function between(low, high, n = 5) {
  if (!(high > low)) return [low];
  const rough = (high - low) / n, ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * ten).find((m) => m >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// The range of values with some air, and never empty: at most as far beyond the truth as the truth is wide.
export function range(truth, forecasts) {
  const known = truth.filter((v) => v !== null);
  if (!known.length) return [0, 1];
  let low = Math.min(...known), high = Math.max(...known);
  const wide = high - low || Math.abs(high) || 1, floor = low - wide, top = high + wide;
  for (const v of forecasts) if (v !== null) { low = Math.min(low, Math.max(v, floor)); high = Math.max(high, Math.min(v, top)); }
  const air = 0.06 * (high - low || 1);
  return [low - air, high + air];
}

// Which labels are written, when each is so wide and so much room is there for all: every 1st, 2nd, 5th, …; of months
// every 3rd, 6th, 12th, …; counted so that round ones are met.
export function labelled(labels, wide, room) {
  const months = labels.map((label) => /^(\d{4})-(\d\d)$/.exec(label)).map((m) => m && 12 * m[1] + Number(m[2]) - 1);
  const monthly = months.every((m) => m !== null);
  const places = monthly ? months : labels.map((label, i) => (/^\d+$/.test(labels[0]) ? Number(labels[0]) + i : i));
  const steps = monthly ? [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200] : [1, 2, 5].flatMap((m) => [m, 10 * m, 100 * m, 1e3 * m, 1e4 * m]).sort((a, b) => a - b);
  const most = Math.max(1, Math.floor(room / wide)), nth = steps.find((step) => labels.length / step <= most) ?? labels.length;
  return labels.map((_, i) => i).filter((i) => places[i] % nth === 0);
}

// A path through points; a gap (null) lifts the pen.
export function path(values, x, y, start = 0) {
  let d = "", pen = "M";
  values.forEach((v, i) => {
    if (v === null || !Number.isFinite(v)) { pen = "M"; return; }
    d += `${pen}${x(start + i).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

// Between two forecasts of equal length, a share of the way.
export const blend = (from, to, share) => to.map((v, i) => (v === null || from[i] === null || from[i] === undefined ? v : from[i] + (v - from[i]) * share));
