// The chapters as a graph: choosing one lights up all that it stands on, and says how much that is.
(() => {
  for (const figure of document.querySelectorAll(".dlbook-graph")) {
    const facts = JSON.parse(figure.querySelector("script").textContent);
    const caption = figure.querySelector("figcaption");
    const boxes = [...figure.querySelectorAll(".dlbook-chapter")];
    const resting = caption.textContent;
    let chosen = null;

    const standsOn = (chapter, found = new Set()) => {
      for (const parent of facts[chapter].needs) if (!found.has(parent)) standsOn(parent, found.add(parent));
      return found;
    };
    const say = (chapter, below) => {
      const { title, page } = facts[chapter];
      const sections = [...below].reduce((sum, n) => sum + facts[n].sections, 0);
      const list = [...below].sort((a, b) => a - b).join(", ");
      const text = below.size ? ` stands on ${list}: ${below.size} chapters, ${sections} sections. ` : " stands on nothing. ";
      const name = document.createElement(page ? "a" : "strong");
      name.textContent = `${chapter} ${title}`;
      if (page) name.href = page;
      caption.replaceChildren(name, text, page ? "" : "Not written yet.");
    };
    const show = (chapter) => {
      figure.classList.toggle("dlbook-chosen", chapter !== null);
      const below = chapter === null ? new Set() : standsOn(chapter);
      for (const box of boxes) {
        const n = Number(box.dataset.chapter);
        box.classList.toggle("dlbook-goal", n === chapter);
        box.classList.toggle("dlbook-needed", below.has(n));
        box.setAttribute("aria-pressed", n === chapter);
      }
      for (const arrow of figure.querySelectorAll(".dlbook-arrow")) {
        const [from, to] = [Number(arrow.dataset.from), Number(arrow.dataset.to)];
        arrow.classList.toggle("dlbook-needed", below.has(from) && (to === chapter || below.has(to)));
      }
      if (chapter === null) caption.textContent = resting;
      else say(chapter, below);
    };
    for (const box of boxes) {
      const n = Number(box.dataset.chapter);
      const choose = () => { chosen = chosen === n ? null : n; show(chosen); };
      box.addEventListener("click", choose);
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose();
      });
      box.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse" && chosen === null) show(n); });
      box.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && chosen === null) show(null); });
    }
  }
})();
