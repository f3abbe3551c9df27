// What a component does with its messages: its picture is built once in a root, then every message only changes it.

import { styled } from "./styled.js";

// create(root) -> { receive(message, tell), close() }. -> show(root, bytes, style, tell), which static/loader.js calls
// with a message, JSON in bytes, and which returns what to call when the root goes.
// tell(name, value): sends what the viewer did to Python.
export function mounted(create) {
  const pictures = new WeakMap();
  return async (root, bytes, style, tell) => {
    if (!pictures.has(root)) pictures.set(root, styled(root, style).then(() => create(root)));
    const picture = await pictures.get(root);
    picture.receive(JSON.parse(new TextDecoder().decode(bytes)), tell);
    return () => setTimeout(() => {
      if (root.isConnected) return;
      picture.close();
      pictures.delete(root);
    });
  };
}
