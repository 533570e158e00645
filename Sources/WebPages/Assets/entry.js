// What is typed into a form reaches the disk within a second, and the form shows what follows from it. Without this the form works
// too: its button keeps a draft, and saving checks everything.
"use strict";
(() => {
  const pause = 350; // milliseconds without a key before the form is sent
  const longest = 800; // and at the latest, while somebody goes on typing

  for (const form of document.querySelectorAll("[data-draft]")) {
    const page = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const status = form.querySelector("[data-draft-status]");
    let from = form.dataset.draftFrom;
    let turn = 0;
    let sentTurn = 0; // the latest that the program has
    let isUnderWay = false;
    let isLeft = false; // submitted: what comes after is the program's
    let timer = 0;
    let oldest = 0;

    const body = () => {
      const data = new URLSearchParams(new FormData(form));
      data.set("page", page);
      data.set("turn", String(turn));
      data.set("from", from);
      return data;
    };

    const say = (text, isWrong) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("problem", isWrong);
    };

    const show = (answer) => {
      for (const [name, field] of Object.entries(answer.fields)) {
        const place = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
        if (!place) continue;
        place.hidden = !field.seen;
        const shown = place.querySelector("[data-shown]");
        if (shown && shown.textContent !== field.shown) shown.textContent = field.shown;
        if (field.choices) {
          const there = new Set(field.choices);
          for (const option of place.querySelectorAll("option")) {
            if (option.value !== "") option.hidden = option.disabled = !there.has(option.value);
          }
          for (const choice of place.querySelectorAll("label.choice")) {
            const value = choice.querySelector("input").value;
            choice.hidden = value !== "" && !there.has(value);
          }
        }
        // A field is not called wrong while somebody is in it.
        if (place.contains(document.activeElement) && field.problem) continue;
        const problem = place.querySelector("[data-problem]");
        if (!problem || problem.textContent === field.problem) continue;
        problem.replaceChildren();
        if (field.problem) {
          const line = document.createElement("p");
          line.className = "problem";
          line.textContent = field.problem;
          problem.append(line);
        }
        place.classList.toggle("field-wrong", Boolean(field.problem));
        const input = place.querySelector("input:not([type=hidden]), select, textarea");
        if (input && field.problem) input.setAttribute("aria-invalid", "true");
        else if (input) input.removeAttribute("aria-invalid");
      }
      for (const section of form.querySelectorAll("[data-section]")) {
        section.hidden = !section.querySelector("[data-field]:not([hidden])");
      }
    };

    const send = async () => {
      if (isUnderWay || isLeft || sentTurn === turn) return;
      isUnderWay = true;
      const now = turn;
      try {
        const response = await fetch(form.dataset.draft, {
          method: "POST", body: body(), headers: { accept: "application/json" }, cache: "no-store",
        });
        const answer = await response.json();
        if (isLeft) return;
        if (!response.ok) {
          say(answer.message, true);
        } else {
          if (answer.name && answer.name !== form.elements.saved.value) {
            form.elements.saved.value = answer.name;
            form.dataset.draft = answer.action;
          }
          from = answer.from;
          sentTurn = now;
          say(answer.message, false);
          show(answer);
        }
      } catch {
        say(form.dataset.draftUnkept, true);
        setTimeout(schedule, 2000);
      } finally {
        isUnderWay = false;
        oldest = 0;
        if (turn > now) schedule();
      }
    };

    const schedule = () => {
      const now = performance.now();
      if (oldest === 0) oldest = now;
      clearTimeout(timer);
      timer = setTimeout(send, Math.max(0, Math.min(pause, longest - (now - oldest))));
    };

    const touched = (event) => {
      if (event.target.name === "" || event.target.type === "search") return;
      turn += 1;
      schedule();
    };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("focusout", () => { if (sentTurn !== turn) schedule(); });
    form.addEventListener("submit", () => { isLeft = true; });
    window.addEventListener("pageshow", () => { isLeft = false; });
    // The last keys before a tab is closed.
    const last = () => {
      if (isLeft || sentTurn === turn) return;
      navigator.sendBeacon(form.dataset.draft, body());
      sentTurn = turn;
    };
    window.addEventListener("pagehide", last);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") last(); });
    window.addEventListener("beforeunload", (event) => {
      if (!isLeft && sentTurn !== turn && status?.classList.contains("problem")) event.preventDefault();
    });
  }
})();
