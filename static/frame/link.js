// Copy link: the page's address goes into the clipboard, and for two seconds the button says so.

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.title = data.title;
  button.onclick = async () => {
    button.textContent = (await copy(location.href)) ? data.copied : data.failed;
    setTimeout(() => {
      button.textContent = data.copy;
    }, 2000);
  };
}

// navigator.clipboard is only there on https and on this very machine; a class may come over http.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.body.appendChild(document.createElement("textarea")), { value: text });
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
