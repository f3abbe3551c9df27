// Copy link: the page's address goes into the clipboard, and for two seconds the button says so.

export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  button.title = "The address holds every setting: whoever opens it has the same run.";
  button.onclick = async () => {
    button.textContent = (await copy(location.href)) ? "Copied" : "Copy it from the address bar";
    setTimeout(() => {
      button.textContent = "Copy link";
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
