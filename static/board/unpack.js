// A film's bytes -> the header's fields and every array by name. The layout is told in ui/board/film.py.

import { t } from "../words.js";

const VERSION = 1;
const TYPES = { f4: Float32Array, f2: Uint16Array, i4: Int32Array, i1: Int8Array, u1: Uint8Array };

export function unpack(bytes) {
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 3)) !== "URF")
    throw new Error(t("This is not a film of the board."));
  if (bytes[3] !== VERSION) throw new Error(t("Unrolled has been updated. Reload the page to see the new picture."));
  const data = bytes.slice().buffer; // a copy begins at a multiple of 4, which typed arrays need
  const length = new DataView(data).getUint32(4, true);
  const film = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length)));
  let at = 8 + length;
  for (const [name, type, shape] of film.arrays) {
    const size = shape.reduce((a, b) => a * b, 1);
    film[name] = new TYPES[type](data, at, size);
    at += Math.ceil(film[name].byteLength / 4) * 4;
    if (type === "f2") film[name] = Float32Array.from(film[name], half);
  }
  film.F = film.step.length;
  film.size = at; // bytes; a second film may follow
  return film;
}

// The number in the 16 bits of an IEEE half: sign, 5 of exponent, 10 of fraction.
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

// Frame i of a film: views into its arrays, no copies.
export function frame(film, i) {
  const { T, H } = film,
    L = film.open.length,
    rows = 1 + (film.carry?.gates.length ?? 0);
  const steps = (name) => film[name].subarray(i * T, (i + 1) * T);
  const shown = {
    film,
    last: i === film.F - 1,
    step: film.step[i],
    loss: film.loss[i],
    heldOut: film.held_out_loss[i],
    metric: film.held_out_metric[i],
    norm: film.grad_norm[i],
    ratio: film.clip_ratio[i],
    dh: film.dh_last ?? steps("dh_norm"),
    lossT: steps("loss_t"),
    answer: steps("answer"),
    sure: steps("sure"),
    scales: film.h_scale.subarray(i * L, (i + 1) * L),
    h: film.h.subarray(i * L * T * H, (i + 1) * L * T * H),
    dc: film.dc_norm ? steps("dc_norm") : null,
    carried: film.carried ? film.carried.subarray(i * L * T * rows, (i + 1) * L * T * rows) : null,
    over: film.over ? film.over[i] : T, // from here on the network has said its end
  };
  shown.finite =
    shown.scales.every(Number.isFinite) &&
    Number.isFinite(shown.loss) &&
    shown.dh.every(Number.isFinite) &&
    shown.lossT.every(Number.isFinite);
  return shown;
}
