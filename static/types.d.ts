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
