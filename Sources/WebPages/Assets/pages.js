// What makes the pages handier; every page works without it.
"use strict";
(() => {
  document.documentElement.classList.add("with-script");

  // Without diacritics, as the program's own search: "Bình Thuỷ" is found by "binh thuy".
  const folded = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

  // A select that submits its form when it changes.
  for (const select of document.querySelectorAll("[data-submit=change]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }

  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => { print(); });

  // The first thing to read: what went wrong.
  document.querySelector("[data-focus]")?.focus();

  // Long lists of choices get a field to filter them.
  for (const select of document.querySelectorAll("select[data-filter]")) {
    const all = [...select.options].map((option) => ({ option, text: folded(option.text) }));
    const input = document.createElement("input");
    input.type = "search";
    input.className = "filter";
    input.placeholder = select.dataset.filter;
    input.setAttribute("aria-label", select.dataset.filter);
    input.setAttribute("aria-controls", select.id);
    input.autocomplete = "off";
    const none = document.createElement("p");
    none.className = "hint";
    none.setAttribute("role", "status");
    const show = () => {
      const words = folded(input.value).split(/\s+/).filter(Boolean);
      const chosen = select.value;
      const kept = all.filter(({ option, text }) =>
        option.value === chosen || option.value === "" || words.every((word) => text.includes(word)));
      select.replaceChildren(...kept.map(({ option }) => option));
      select.value = chosen;
      const found = kept.filter(({ option }) => option.value !== "").length;
      none.textContent = words.length > 0 && found === 0 ? select.dataset.filterNone : "";
      select.size = words.length > 0 ? Math.min(7, Math.max(2, kept.length)) : 1;
    };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        select.focus();
      } else if (event.key === "Enter") {
        event.preventDefault();
        const first = [...select.options].find((option) => option.value !== "");
        if (first && input.value !== "") select.value = first.value;
        input.value = "";
        show();
        select.focus();
      }
    });
    select.addEventListener("change", () => {
      input.value = "";
      show();
    });
    select.before(input);
    select.after(none);
  }

  // A form that was typed into is not left by accident, and is sent once.
  for (const form of document.querySelectorAll("[data-form]")) {
    let isTouched = false;
    let isSent = false;
    form.addEventListener("input", () => { isTouched = true; });
    form.addEventListener("submit", (event) => {
      if (isSent) event.preventDefault();
      isSent = true;
    });
    window.addEventListener("pageshow", () => { isSent = false; });
    window.addEventListener("beforeunload", (event) => {
      if (isTouched && !isSent && !form.dataset.draft) event.preventDefault();
    });
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      const form = document.querySelector("[data-form]");
      if (!form) return;
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // What a person types for "another value" is what they mean to choose.
  for (const other of document.querySelectorAll("[data-chooses]")) {
    const choose = () => { document.getElementById(other.dataset.chooses).checked = true; };
    other.addEventListener("input", choose);
    other.addEventListener("change", choose);
  }

  // The exchange under way, asked for until it ends.
  const panel = document.querySelector("[data-state]");
  if (panel) {
    const set = (name, value) => {
      const place = panel.querySelector(`[data-${name}]`);
      if (place.textContent !== value) place.textContent = value;
    };
    const ask = async () => {
      try {
        const state = await (await fetch(panel.dataset.state, { cache: "no-store" })).json();
        set("message", state.message);
        set("traffic", state.traffic);
        set("remedy", state.remedy);
        panel.querySelector("[data-percent]").value = state.percent;
        if (!state.running) {
          location.replace(location.pathname);
          return;
        }
      } catch {
        // The program was stopped or is starting; it may come back.
      }
      setTimeout(ask, 400);
    };
    if (panel.dataset.running === "true") setTimeout(ask, 400);
  }

  // What is under way otherwise is looked at again until it is done, and the page is shown anew only then.
  if (document.querySelector("[data-under-way]")) {
    const look = async () => {
      try {
        const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
        if (!page.includes("data-under-way")) {
          location.replace(location.pathname);
          return;
        }
      } catch {
        // As above.
      }
      setTimeout(look, 2000);
    };
    setTimeout(look, 2000);
  }
})();
