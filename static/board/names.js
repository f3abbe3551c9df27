// What the parts of a cell are called.

import { t } from "../words.js";

const NAMES = {
  h: [t("hidden state"), t("hidden")],
  c: [t("cell state"), t("cell")],
  f: [t("forget gate"), t("forget")],
  i: [t("input gate"), t("input")],
  o: [t("output gate"), t("output")],
  g: [t("candidate"), t("candidate")],
  r: [t("reset gate"), t("reset")],
  z: [t("update gate"), t("update")],
  n: [t("candidate"), t("candidate")],
};

export const nameOf = (show) => NAMES[show]?.[0] ?? show;
export const shortNameOf = (show) => NAMES[show]?.[1] ?? show; // where there is little room

// Of the layers of a stack: "layer 2 of 3".
export const layerOf = (film, layer) => t("layer {layer} of {layers}", { layer: layer + 1, layers: film.layers });
