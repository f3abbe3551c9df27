// What the browser's part shares beyond its modules, for `tsc`.

/** Sends the viewer's choice to Python. */
type Tell = (name: string, value: unknown) => void;

/** Of the card: its class, and its text or its cells. */
type Line = [string, any];

interface Window {
  Plotly: any; // static/vendor has no types
  unrolledKeys?: boolean;
  unrolledUploads?: Record<string, any>;
  unrolledLessons?: { visit: string; stored: Record<string, any>; waits: boolean };
}

interface DocumentEventMap {
  "unrolled-step": CustomEvent<number | null>;
}

interface WindowEventMap {
  "unrolled-point": CustomEvent;
}

/** What is pointed at: a row's name, a time step, which of its parts (layout.js: targets), and of an output which one. */
interface Target {
  row: string;
  t: number;
  u: number;
  k?: number;
}

/** Where everything stands: what static/board/layout.js and the rows say. */
type Lay = Record<string, any>;

/** What a row is drawn from. axis: what the time axis and the gutter stand in, of a whole board. */
interface Board {
  film: Film;
  lay: Lay;
  theme: any;
  gutter: SVGElement;
  axis?: Element;
  pinned: any;
}

type Size = number | ((lay: Lay) => number);

/** Draws a frame, `seconds` after the last; idle: nothing plays -> whether it still moves. */
type Draw = (frame: any, seconds?: number, idle?: boolean) => unknown;

type Paint = (svg: SVGElement, board: Board) => Draw | null | undefined;

/** A card's words. names: of the weights. */
type Tale = (film: Film, frame: any, target: Target, names: any[]) => { title: string; lines: any[][] };

/** A row of the board (static/board/rows/index.js). All of it may be left out. */
interface Row {
  /** Its key in lay.y, where it begins, and lay.tall; a target's `row`. */
  name?: string;
  /** px over it. */
  gap?: Size;
  /** px that it needs; or of the free ones those that it takes, with what it adds to lay. */
  height?: Size;
  takes?: ((lay: Lay, free: number) => { height: number } & Lay) | null;
  /** What of these is otherwise in a miniature. */
  small?: Partial<Row>;
  /** What it adds to lay, once all rows have their place. */
  place?: (lay: Lay, height: number) => Lay;
  /** Its words in the gutter; a miniature has none. help: two sentences for who points at them. */
  help?: string;
  label?: (gutter: SVGElement, board: Board) => void;
  /** Draws it empty. slow: false, slow motion draws it itself. */
  draw?: Paint;
  slow?: boolean;
  /** Its card: with one, it can be pointed at. lasting: also of a step that is padding. */
  explain?: Tale;
  lasting?: boolean;
  /** What can be pointed at in it, one place if nothing is said; timeless: at no time step, but side by side. */
  targets?: (lay: Lay) => { u: number; y: number }[];
  timeless?: boolean;
  box?: (lay: Lay, target: Target) => { x: number; y: number; width: number; height: number };
  /** Which of them is hit, or none; or the y down to which it is hit, its lower edge if nothing is said. */
  hit?: (lay: Lay, x: number, y: number) => number | null;
  until?: (lay: Lay) => number;
  /** Where one is no more, the one in its place. */
  near?: (lay: Lay, u: number) => number;
  /** Which of its outputs a card that is pinned is about. */
  pick?: (film: Film, frame: any, t: number) => number;
  /** Its columns of the table, [name, (t) => text]; many: of every layer or unit, wide: those of every unit too. */
  column?: (film: Film, frame: any, wide: boolean) => any[][];
  many?: boolean;
}
