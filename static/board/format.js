// Numbers and symbols as a person reads them. Everything here is a pure function.

import { t } from "../words.js";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const digits = (n, set, minus) => [...String(n)].map((c) => (c === "-" ? minus : set[c])).join("");

export const power = (n) => (n === 0 ? "1" : n === 1 ? "10" : `10${digits(n, SUPERSCRIPTS, "⁻")}`);
export const sub = (n) => digits(n, SUBSCRIPTS, "₋");

// Three significant digits, trailing zeros kept so that the place stays fixed: 0.128, 0.100, 4,568, 3.20·10⁻⁷, –. The
// rule of every page: ui/figures/numbers.py is the same, and tests/numbers.json holds both.
export function short(x, places = 3) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  const sign = x < 0 ? "−" : "",
    size = Math.abs(x);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return "0";
  if (size < 9.995e-4 || size >= Math.max(99999.5, 10 ** places)) {
    const [mantissa, exponent] = size.toExponential(places - 1).split("e");
    return `${sign}${mantissa}·10${digits(Number(exponent), SUPERSCRIPTS, "⁻")}`;
  }
  const plain = Number(size.toPrecision(places));
  if (plain >= 10 ** (places - 1)) return sign + count(Math.round(size));
  const [whole, rest] = size.toPrecision(places).split(".");
  return `${sign}${count(whole)}.${rest}`;
}

// Two decimals, for the numbers inside an equation.
export function plain(x) {
  if (x !== 0 && (Math.abs(x) < 0.0095 || Math.abs(x) >= 999.5 || !Number.isFinite(x))) return short(x, 2);
  return (x < 0 && x.toFixed(2) !== "-0.00" ? "−" : "") + Math.abs(x).toFixed(2);
}

// A metric as a person reads it: a number in its unit, or a share: accuracy, exact match.
const METRICS = { accuracy: t("accuracy"), "exact match": t("exact match"), rmse: t("rmse") };
export const metric = (name) => METRICS[name] ?? name;
export const share = (name) => name !== "rmse";
export const score = ({ metric_name: name, unit }, value, write = short) =>
  `${metric(name)} ${share(name) ? percent(value) : write(value)}${!share(name) && unit ? ` ${unit}` : ""}`;

// 100 % is all of them.
export const percent = (x) => (Number.isFinite(x) ? `${x > 0.99 && x < 1 ? 99 : Math.round(100 * x)} %` : "–");
export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// An axis number: 0, 0.3, 25, 1500, 10⁻⁵, 2·10⁻⁵.
export function tick(x) {
  if (x < 0) return `−${tick(-x)}`;
  if (x === 0 || (x >= 9.995e-4 && x < 1e5)) return String(Number(x.toPrecision(6)));
  const [mantissa, exponent] = x.toExponential(1).split("e");
  return mantissa === "1.0" ? power(Number(exponent)) : short(x, mantissa.endsWith(".0") ? 1 : 2);
}

// {name} in an equation line becomes its number, with the sign merged: "0.61 + −0.38" -> "0.61 − 0.38".
export function fill(line, values, write = plain) {
  return line
    .replace(/(^|[^_])\{(\w+)\}/g, (all, before, name) => before + (name in values ? write(values[name]) : name))
    .replace(/\+ −/g, "− ")
    .replace(/− −/g, "+ ")
    .replace(/· −([\d.·⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)/g, "· (−$1)");
}

// "h_{t−1}" -> [["h", false], ["t−1", true]]: pieces, and whether each is set low.
export function pieces(text) {
  const result = [];
  let rest = 0;
  for (const m of text.matchAll(/_(?:\{([^}]*)\}|([A-Za-z0-9]+))/g)) {
    if (m.index > rest) result.push([text.slice(rest, m.index), false]);
    result.push([m[1] ?? m[2], true]);
    rest = m.index + m[0].length;
  }
  if (rest < text.length) result.push([text.slice(rest), false]);
  return result;
}

// The time steps that get a label: every one, or 1 and every 5th or 10th, by how wide a column is.
export function labelled(T, pitch) {
  const every = pitch >= 26 ? 1 : pitch >= 9 ? 5 : 10;
  return Array.from({ length: T }, (_, t) => t + 1).filter(
    (t) => every === 1 || t % every === 0 || (t === 1 && every > 1),
  );
}
