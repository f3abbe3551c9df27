// The training step that is pointed at in one picture, for the others on the page.

const NAME = "unrolled-step";

export const point = (step) => document.dispatchEvent(new CustomEvent(NAME, { detail: step })); // null: none any more

// heard(step): called with it -> stops that.
export function onPointed(heard) {
  const listen = ({ detail }) => heard(detail);
  document.addEventListener(NAME, listen);
  return () => document.removeEventListener(NAME, listen);
}
