// The picture of an explorable in a notebook: shows what the kernel draws, tells the kernel where the pointer is.
function render({ model, el }) {
  el.classList.add("dlbook-live");
  const image = document.createElement("img");
  const sentence = document.createElement("p");
  sentence.setAttribute("aria-live", "polite");
  image.width = model.get("width");
  el.append(image, sentence);

  let address = null;
  const showPicture = () => {
    const old = address;
    address = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    image.onload = () => old && URL.revokeObjectURL(old);
    image.src = address;
  };
  const showSentence = () => {
    sentence.textContent = model.get("sentence");
    image.alt = `${model.get("title")}. ${model.get("sentence")}`;
  };
  showPicture();
  showSentence();
  model.on("change:png", showPicture);
  model.on("change:sentence", showSentence);
  model.set("density", window.devicePixelRatio || 1);
  model.save_changes();

  const pointer = model.get("pointer");
  if (pointer) {
    followPointer(image, (across, down) => {
      model.set("wanted", positionsAt(pointer, across, down));
      model.save_changes();
    });
  }

  // JupyterLab takes arrow keys for itself unless the widget says otherwise and keeps them.
  const keep = (event) => event.stopPropagation();
  let whole = null;
  const waiting = setTimeout(() => {
    whole = el.closest(".widget-vbox, .jupyter-widgets.widget-box") || el;
    whole.setAttribute("data-lm-suppress-shortcuts", "true");
    whole.addEventListener("keydown", keep);
  });
  return () => {
    clearTimeout(waiting);
    whole?.removeEventListener("keydown", keep);
    model.off("change:png", showPicture);
    model.off("change:sentence", showSentence);
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
