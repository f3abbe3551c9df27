// A frame that is held faintly behind the live ones: which parts of it may be compared.

// Whether its columns mean the same as this film's.
export const comparable = (pinned, film) => pinned.task === film.task && pinned.T === film.T;

// Whether its answers do, too: of the same sequence.
export const sameSequence = (pinned, film) => Boolean(pinned) && pinned.film.sequence === film.sequence && pinned.film.typed === film.typed && String(pinned.film.targets) === String(film.targets);

// Whether its units do: the same of them, of the same sequence.
export const sameUnits = (pinned, film) => sameSequence(pinned, film) && pinned.film.cell === film.cell && pinned.film.H === film.H
  && pinned.film.show === film.show && String(pinned.film.open) === String(film.open);

// A step of a line over every column, at the heights y(t); nothing where y is null.
export const steps = (T, x, cell, y) => Array.from({ length: T }, (_, t) => (y(t) === null ? "" : `M${x(t) - cell / 2 - 3} ${y(t).toFixed(1)}h${cell + 6}`)).join("");
