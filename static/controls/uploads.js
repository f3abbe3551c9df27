// A file that is too large is caught before Streamlit's uploader sees it.
export default function ({ data, setTriggerValue }) {
  const areas = (window.unrolledUploads ??= {});
  const first = !Object.keys(areas).length;
  areas[data.area] = { most: data.most, tell: setTriggerValue };
  if (!first) return;
  const look = (event) => {
    const area = event
      .composedPath()
      .flatMap((e) => [...(e.classList ?? [])])
      .find((name) => areas[name]);
    const files = [...((event.type === "drop" ? event.dataTransfer : event.target)?.files ?? [])];
    const large = area && files.find((file) => file.size > areas[area].most);
    if (!large) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "change") event.target.value = "";
    areas[area].tell("file", { name: large.name, size: large.size });
  };
  for (const type of ["change", "drop"]) window.addEventListener(type, look, true);
}
