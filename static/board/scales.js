// Numbers to places and colours. Everything here is a pure function.

export const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// A line through (d0, r0) and (d1, r1); the middle of the range where d0 = d1.
export const linear = (d0, d1, r0, r1) => (x) => (d0 === d1 ? (r0 + r1) / 2 : r0 + ((x - d0) / (d1 - d0)) * (r1 - r0));

// The next of 1, 2, 5, 10, 20, … that is at least x.
export function niceTop(x, steps = [1, 2, 5, 10]) {
  if (!(x > 0) || !Number.isFinite(x)) return 1;
  const ten = 10 ** Math.floor(Math.log10(x) + 1e-12);
  return steps.map((m) => m * ten).find((m) => m >= x * (1 - 1e-12));
}

// About n round numbers from 0 to top.
export function ticks(top, n = 4) {
  const step = niceTop(top / n / 1.0001);
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
}

// The axis of a row of gradients, relative to the largest of them, so that any two rows can be read against each other.
// kind: "eight" decades, "all" that there are (eight at least, forty at most), or "linear".
// -> {largest, at, marks, seen}: at(v), the share of the height that v takes, 0 … 1; marks, [share, value relative to
// the largest]; seen(v), whether v is more than what the axis begins with.
export function relative(values, kind = "eight") {
  let largest = 0,
    least = Infinity;
  for (const v of values) if (v > 0 && v < Infinity) [largest, least] = [Math.max(largest, v), Math.min(least, v)];
  const whole = largest || 1;
  if (kind === "linear") {
    const at = (v) => (v > 0 && v < Infinity ? Math.min(1, v / whole) : 0);
    return { largest, at, marks: [0, 0.5, 1].map((share) => [share, share]), seen: (v) => at(v) > 0.002 };
  }
  const decades = kind === "all" ? clamp(Math.ceil(Math.log10(whole / least) / 2) * 2 || 8, 8, 40) : 8;
  const at = (v) => (v > 0 && v < Infinity ? clamp(1 + Math.log10(v / whole) / decades, 0, 1) : 0);
  const marks = Array.from({ length: decades + 1 }, (_, d) => [1 - d / decades, 10 ** -d]);
  return { largest, at, marks, seen: (v) => at(v) > 0 };
}

// Which decades get a label where there is room for n.
export function decadeTicks(low, high, n = 4) {
  const step = Math.max(1, Math.ceil((high - low) / n));
  const first = Math.ceil(low - 1e-6),
    last = Math.floor(high + 1e-6);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => last - i).filter((d) => d % step === 0);
}

// A range that follows its target without a jump. Its goal grows at once, and shrinks only when the target has
// been smaller for `patience` seconds, or is less than a quarter: what is drawn would be too small to see. The range
// eases to the goal in about a third of a second.
// -> {range, goal, moving}: moving while the range is not yet at its goal and, where nothing plays so that no film will
// come by itself (idle), while it waits. Infinity seconds: no easing.
export function easedRange(patience = 1) {
  let range = null,
    goal = null,
    waited = 0;
  return (target, seconds, idle = false) => {
    if (!range || seconds === Infinity) [range, goal, waited] = [[...target], [...target], 0];
    const smaller = target[0] > goal[0] || target[1] < goal[1];
    waited = smaller ? waited + seconds : 0;
    if (waited >= patience || 4 * (target[1] - target[0]) < goal[1] - goal[0]) goal = [...target];
    else goal = [Math.min(goal[0], target[0]), Math.max(goal[1], target[1])];
    const far = (goal[1] - goal[0] || 1) / 500,
      share = 1 - Math.exp(-seconds / 0.12);
    const close = range.every((x, i) => Math.abs(x - goal[i]) < far);
    range = close ? goal : range.map((x, i) => x + (goal[i] - x) * share);
    return { range, goal, moving: !close || (idle && smaller && waited < patience) };
  };
}

// "#0072B2", "rgb(0, 114, 178)" -> [r, g, b].
export function parseColour(text) {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(text.trim())?.[1];
  if (hex) {
    const pairs = hex.length < 6 ? [...hex].map((c) => c + c) : hex.match(/../g);
    return pairs.slice(0, 3).map((p) => parseInt(p, 16));
  }
  return (text.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
}

// 255 colours for −127 … 127: from `negative` through the background to `positive`.
export function diverging(negative, background, positive) {
  const [a, b, c] = [negative, background, positive].map(parseColour);
  return Array.from({ length: 255 }, (_, i) => {
    const v = (i - 127) / 127,
      end = v < 0 ? a : c;
    return b.map((x, k) => Math.round(x + (end[k] - x) * Math.abs(v)));
  });
}

export const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`;
