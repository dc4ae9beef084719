"use strict";
(() => {
  const form = document.getElementById("filters");
  const details = [...document.querySelectorAll("details")];
  let opened = [];
  // What is folded on the screen is read on paper.
  addEventListener("beforeprint", () => {
    opened = details.filter((one) => !one.open);
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
  if (!form) return;

  const plain = (text) =>
    text.replace(/œ/gi, "oe").replace(/æ/gi, "ae").normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").toLowerCase();
  const read = (element) => {
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".vh")) hidden.remove();
    return plain(copy.textContent);
  };
  const cards = [...document.querySelectorAll(".card")].map((element) => ({ element, text: read(element) }));
  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    count: element.querySelector(".count"),
    cards: cards.filter((card) => element.contains(card.element)),
  }));
  const names = ["drug", "event", "serious", "link", "novelty"];
  const shown = document.getElementById("shown");

  const passes = (card, wanted, words) =>
    names.every((name) => !wanted[name] || card.element.dataset[name] === wanted[name]) &&
    words.every((word) => card.text.includes(word));

  const apply = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = plain(wanted.text).split(" ").filter(Boolean);
    for (const card of cards) card.element.hidden = !passes(card, wanted, words);
    let total = 0;
    for (const group of groups) {
      const count = group.cards.filter((card) => !card.element.hidden).length;
      group.element.hidden = count === 0;
      group.count.textContent = count;
      total += count;
    }
    const told = shown.dataset.words.replace("{shown}", total).replace("{all}", cards.length);
    shown.textContent = total ? told : shown.dataset.none;
  };

  for (const name of ["input", "change"]) form.addEventListener(name, apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => {
    form.reset();
    apply();
  });
  form.hidden = false;
  apply();
})();
