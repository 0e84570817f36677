// Explorables in a page without a kernel: every state is an image file; controls choose which one is shown.
const MOTION = window.matchMedia("(prefers-reduced-motion: reduce)");
const AT_ONCE = 6; // images loading side by side

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

class Explorable {
  constructor(figure) {
    Object.assign(this, JSON.parse(figure.querySelector("script").textContent));
    this.figure = figure;
    this.image = figure.querySelector("img");
    this.caption = figure.querySelector("figcaption");
    this.state = this.parameters.map((parameter) => parameter.start);
    this.loaded = new Map([[this.image.getAttribute("src"), this.image]]);
    this.image.draggable = false;
    this.controls = this.parameters.map((parameter, i) => this.makeControl(parameter, i));
    figure.querySelector(".dlbook-picture").before(
      make("div", { class: "dlbook-controls" }, ...this.controls.map((control) => control.element)));
    if (this.pointer) {
      followPointer(figure.querySelector(".dlbook-picture"), (across, down) => {
        const positions = positionsAt(this.pointer, across, down);
        this.show(this.parameters.map((parameter, i) => positions[parameter.name] ?? this.state[i]));
      });
    }
    const touch = () => this.loadAll();
    for (const event of ["pointerdown", "focusin", "keydown"]) figure.addEventListener(event, touch, { once: true });
    this.restore(true);
  }

  frame(state) {
    return state.reduce((number, position, i) => number * this.parameters[i].values.length + position, 0);
  }

  source(number) {
    return `${this.folder}/${this.frames[number]}`;
  }

  // Show a state on the picture, in its sentence, on the controls and in the address.
  show(state, { address = true } = {}) {
    if (state.every((position, i) => position === this.state[i])) return;
    this.state = state;
    const number = this.frame(state);
    this.caption.textContent = this.sentences[number];
    this.put(this.source(number), `${this.title}. ${this.sentences[number]}`);
    this.controls.forEach((control, i) => control.set(state[i]));
    if (address) {
      clearTimeout(this.writing); // browsers refuse an address that changes with every step of a drag
      this.writing = setTimeout(() => history.replaceState(null, "", this.address()), 150);
    }
  }

  // Put the decoded picture in; one that is not there yet leaves the old one to be seen until it has come.
  put(source, alt) {
    let image = this.loaded.get(source);
    if (!image?.complete) {
      image = this.image.cloneNode();
      image.src = source;
      this.loaded.set(source, image);
    }
    for (const name of ["width", "height"]) image[name] = this[name];
    image.alt = alt;
    image.draggable = false;
    this.image.replaceWith(image);
    this.image = image;
  }

  move(i, position) {
    this.show(this.state.map((old, j) => (i === j ? position : old)));
  }

  address() {
    const query = new URLSearchParams(this.parameters.map(({ name, values }, i) => [name, values[this.state[i]]]));
    return `#${this.name}?${query}`;
  }

  // Take the state from the address, if it is one of ours: #name?angle=30
  restore(arriving) {
    const [name, query] = location.hash.slice(1).split("?");
    if (name !== this.name || !query) return;
    const wanted = new URLSearchParams(query);
    this.show(this.parameters.map(({ name, values, start }) => {
      const position = values.indexOf((wanted.get(name) ?? "").replace("-", "−"));
      const literal = values.indexOf(wanted.get(name));
      return literal >= 0 ? literal : position >= 0 ? position : start;
    }), { address: false });
    if (arriving) window.addEventListener("load", () => this.figure.scrollIntoView());
    else this.figure.scrollIntoView();
  }

  // Load all frames, those nearest to the current state first.
  loadAll() {
    const sizes = this.parameters.map((parameter) => parameter.values.length);
    const distance = (number) => {
      let sum = 0;
      for (let i = sizes.length - 1; i >= 0; i -= 1) {
        sum += Math.abs((number % sizes[i]) - this.state[i]);
        number = Math.floor(number / sizes[i]);
      }
      return sum;
    };
    const waiting = this.frames.map((_, number) => [distance(number), number]).sort((a, b) => a[0] - b[0]);
    const next = () => {
      if (!waiting.length) return;
      const source = this.source(waiting.shift()[1]);
      if (this.loaded.has(source)) return next();
      const image = new Image();
      this.loaded.set(source, image); // a reference keeps the decoded image in memory
      image.src = source;
      image.decode().then(next, next);
    };
    for (let i = 0; i < AT_ONCE; i += 1) next();
  }

  makeControl(parameter, i) {
    const { label, kind, texts, start } = parameter;
    const id = `${this.name}-${parameter.name}`;
    if (kind === "buttons") {
      const inputs = texts.map((text, position) => {
        const input = make("input", { type: "radio", name: id, id: `${id}-${position}` });
        input.checked = position === start;
        input.addEventListener("change", () => this.move(i, position));
        return input;
      });
      const options = inputs.map((input, position) => make("label", { for: input.id }, input, make("span", {}, texts[position])));
      const element = make("fieldset", {}, make("legend", {}, label), ...options);
      return { element, set: (position) => { inputs[position].checked = true; } };
    }
    if (kind === "menu") {
      const select = make("select", { id }, ...texts.map((text, position) => make("option", { value: position }, text)));
      select.value = start;
      select.addEventListener("change", () => this.move(i, Number(select.value)));
      const element = make("div", {}, make("label", { for: id }, label), select);
      return { element, set: (position) => { select.value = position; } };
    }
    const slider = make("input", { type: "range", id, min: 0, max: texts.length - 1, step: 1, value: start });
    const output = make("output", { for: id }, texts[start]);
    slider.setAttribute("aria-valuetext", texts[start]);
    slider.addEventListener("input", () => this.move(i, Number(slider.value)));
    const element = make("div", {}, make("label", { for: id }, label), slider, output);
    if (kind === "time") element.append(this.makePlay(parameter, i));
    const set = (position) => {
      slider.value = position;
      slider.setAttribute("aria-valuetext", texts[position]);
      output.textContent = texts[position];
    };
    return { element, set };
  }

  // A button that plays a parameter to its end. Who asked for less motion gets one step a press instead.
  makePlay({ label, values, interval }, i) {
    const button = make("button", { type: "button" });
    let timer = null;
    const name = () => {
      const text = timer ? "Pause" : MOTION.matches ? "Step" : "Play";
      button.textContent = text;
      button.setAttribute("aria-label", `${text} ${label}`);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      name();
    };
    const step = () => {
      if (this.state[i] + 1 >= values.length) return stop();
      return this.move(i, this.state[i] + 1);
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      const atEnd = this.state[i] + 1 >= values.length;
      if (atEnd) this.move(i, 0);
      if (MOTION.matches) return atEnd ? undefined : step();
      timer = setInterval(step, interval);
      return name();
    });
    MOTION.addEventListener("change", stop);
    name();
    return button;
  }
}

const explorables = [...document.querySelectorAll(".dlbook-explorable")].map((figure) => new Explorable(figure));
window.addEventListener("hashchange", () => explorables.forEach((explorable) => explorable.restore(false)));
