// What a film is, for both sides: tests/test_film_header.py holds to it what Python packs, `tsc` what the browser reads.
// A header's fields are JSON's; arrays come behind it.

type Numbers = Float32Array | Uint16Array | Int32Array | Int8Array | Uint8Array;

/** The header. */
interface Header {
  T: number;
  H: number;
  O: number;
  B: number;
  film: number;
  run: number;
  playing: boolean;
  period: number;
  asks: number;
  scene: number;
  big: boolean;
  first: boolean;
  folded: boolean;
  covers: string[];
  task: string;
  cell: string;
  kind: string;
  symbols: string[] | null;
  inputs: string[];
  targets: string[];
  answers: boolean[];
  fed: boolean[];
  forced: boolean[];
  padding: boolean[];
  pictures: number[];
  image: number[] | null;
  read: number;
  window: number;
  baseline: Record<string, any>;
  metric_name: string;
  unit: string;
  link: string;
  scale: number[];
  clip: string;
  threshold: number | null;
  diverged: Record<string, any> | null;
  sentence: string;
  equation: string[];
  term_names: string[];
  gates: string[];
  sigmoids: string[];
  through: Record<string, any>;
  carry: Record<string, any> | null;
  skip: boolean;
  show: string;
  shows: string[];
  range: string;
  open: number[];
  layers: number;
  sequence: number;
  sequences: number;
  changes: (number | string)[][];
  config: Record<string, any>;
  maps: Record<string, any>[];
  moment: number;
  weights: (number | string)[][];
  typing: string;
  typed: string;
  unread: string;
  refused_text: string;
  refused_weight: string;
  arrays: (number[] | string)[][];
}

/** Of one step that is replayed stage by stage, besides. */
interface StepHeader {
  stages: (number | string)[][];
  opens: number;
  start: string;
  unit: number;
  weights: string[];
  read_out: string;
  error_line: string;
  gate_lines: string[];
  scaled: boolean;
  forcing: number;
  optimizer: string;
  against: string;
  update: string[];
  moves: (number[] | string)[][];
  move_terms: string[];
  numbers: number;
  alike: number;
}

/** The arrays of any film. */
interface FilmArrays {
  step: Numbers;
  loss: Numbers;
  metric: Numbers;
  held_out_loss: Numbers;
  held_out_metric: Numbers;
  grad_norm: Numbers;
  clip_ratio: Numbers;
  dh_norm: Numbers;
  dh_last: Numbers;
  dc_norm: Numbers;
  carried: Numbers;
  loss_t: Numbers;
  answer: Numbers;
  sure: Numbers;
  over: Numbers;
  h_scale: Numbers;
  h: Numbers;
  h_now: Numbers;
  seen_now: Numbers;
  [of: `term ${string}`]: Numbers;
  dh_output: Numbers;
  dh_future: Numbers;
  target: Numbers;
  pixels: Numbers;
  curve_step: Numbers;
  curve_loss: Numbers;
  curve_held_out: Numbers;
  norms: Numbers;
  ratios: Numbers;
  [of: `map ${string}`]: Numbers;
}

interface StepArrays {
  share_loss: Numbers;
  share_again: Numbers;
  answers_of: Numbers;
  error: Numbers;
  p: Numbers;
  y: Numbers;
  y_hat: Numbers;
  share: Numbers;
  part: Numbers;
  so_far: Numbers;
  unit_dh: Numbers;
  unit_dh_output: Numbers;
  unit_dh_future: Numbers;
  before: Numbers;
  after: Numbers;
  moved: Numbers;
  terms: Numbers;
  sizes: Numbers;
  norm_before: Numbers;
  ratio: Numbers;
  rate: Numbers;
  cut: Numbers;
  [of: `gate ${string}`]: Numbers;
  [of: `after ${string}`]: Numbers;
  [of: `grown ${string}`]: Numbers;
}

/** Of a film that stands still. */
interface StillArrays {
  top: Numbers;
  [of: `x ${string}`]: Numbers;
  [of: `h ${string}`]: Numbers;
  [of: `gate ${string}`]: Numbers;
  [of: `norms ${string}`]: Numbers;
  [of: `dh ${string}`]: Numbers;
  [of: `dc ${string}`]: Numbers;
}

/** As static/board/unpack.js gives it: F frames; size, its bytes. */
interface Made {
  F: number;
  size: number;
}

type Film = Header & FilmArrays & Partial<StillArrays> & Made;
type Step = Omit<Header, keyof StepHeader> & StepHeader & FilmArrays & StepArrays & Made;
