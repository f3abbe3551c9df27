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

// Every which label is written, when each is so wide and so much is there for all: 1, 2, 5, 10, 20, …
export function everyNth(count, wide, room) {
  const most = Math.max(1, Math.floor(room / wide));
  for (let ten = 1; ; ten *= 10) for (const m of [1, 2, 5]) if (count / (m * ten) <= most) return m * ten;
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
