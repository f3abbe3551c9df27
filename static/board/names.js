// What the parts of a cell are called.

const NAMES = {
  h: "hidden state",
  c: "cell state",
  f: "forget gate",
  i: "input gate",
  o: "output gate",
  g: "candidate",
  r: "reset gate",
  z: "update gate",
  n: "candidate",
};

export const nameOf = (show) => NAMES[show] ?? show;

// Of the layers of a stack: "layer 2 of 3".
export const layerOf = (film, layer) => `layer ${layer + 1} of ${film.layers}`;
