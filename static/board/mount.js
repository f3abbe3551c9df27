// What a component does with its messages: its picture is built once in a root, then every message only changes it.

import { styled } from "./styled.js";

// create(root) -> { receive(message, tell, once), close() }. -> show(root, bytes, style, tell, once), which
// static/loader.js calls with a message, which read makes of the bytes, and which returns what to call when the root
// goes.
// tell(name, value): sends what the viewer did to Python, and again with whatever follows; once(name, value): only now.
export function mounted(create, read = json) {
  const pictures = new WeakMap();
  return async (root, bytes, style, tell, once) => {
    if (!pictures.has(root))
      pictures.set(
        root,
        styled(root, style).then(() => create(root)),
      );
    const picture = await pictures.get(root);
    picture.receive(read(bytes), tell, once);
    return () =>
      setTimeout(() => {
        if (root.isConnected) return;
        picture.close();
        pictures.delete(root);
      });
  };
}

export const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
