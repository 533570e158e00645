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

  // Photos are stored on the machine as they are chosen; the form then lists them. Each goes by itself, so that one that fails takes
  // no other with it.
  const uploads = new Map(); // of a form, how many of its photos are not stored yet
  const held = new Map(); // forms that were sent meanwhile, and by which button
  const troubled = new Set(); // forms of which a photo failed while they were held
  const goOn = (form) => {
    if (uploads.get(form) > 0 || !held.has(form)) return;
    const submitter = held.get(form);
    held.delete(form);
    const status = form.querySelector("[data-draft-status]");
    if (status) status.textContent = "";
    if (!troubled.delete(form)) form.requestSubmit(submitter);
  };
  for (const place of document.querySelectorAll("[data-attach]")) {
    const form = place.closest("form");
    const choices = place.closest("[data-field]").querySelector("[data-choices]");
    const input = place.querySelector("input[type=file]");
    const status = place.querySelector("[data-attach-status]");
    const progress = place.querySelector("progress");
    const bytes = place.querySelector("[data-attach-bytes]");
    const shrink = place.querySelector("[data-attach-shrink]");
    const longestSide = 2048; // pixels of a photo that is made smaller
    const smallSide = 320; // and of the small picture that goes before it

    const say = (text, isWrong) => {
      status.textContent = text;
      status.classList.toggle("problem", isWrong);
    };
    const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

    const drawn = async (file, side, quality) => {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, side / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      return new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
    };

    const smaller = async (file) => {
      const blob = await drawn(file, longestSide, 0.85);
      return blob && blob.size < file.size ? blob : file;
    };

    // The small picture goes to the hub before the photo, and stays when the photo leaves the machine.
    const tellSmall = async (body, stored) => {
      const blob = await drawn(body, smallSide, 0.7);
      if (!blob || blob.size * 2 > body.size) return;
      await fetch(`/attachments/${stored.word.split(".")[0]}/small`, {
        method: "POST", body: blob, headers: { "x-token": form.elements.token.value },
      });
    };

    // What the original says of when and where it was taken is lost as it is made smaller, so it is told apart. Hashing needs a
    // page that nobody could have changed on its way: this machine's own, or one over TLS.
    const tellOriginal = async (file, stored) => {
      if (!crypto.subtle) return;
      const hash = [...new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))]
        .map((byte) => byte.toString(16).padStart(2, "0")).join("");
      await fetch(`/attachments/${stored.word.split(".")[0]}/original`, {
        method: "POST", body: file.slice(0, 256 * 1024), headers: { "x-token": form.elements.token.value, "x-original": hash },
      });
    };

    const upload = (file, body) => new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/attachments");
      request.setRequestHeader("X-Token", form.elements.token.value);
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        progress.max = event.total || 1;
        progress.value = event.loaded;
        bytes.textContent = `${megabytes(event.loaded)} / ${megabytes(event.total)}`;
      });
      request.addEventListener("load", () => {
        if (request.status === 200 && request.response?.word) done(request.response);
        else fail(new Error(request.response?.message ?? place.dataset.attachLost));
      });
      request.addEventListener("error", () => { fail(new Error(place.dataset.attachLost)); });
      request.send(body);
    });

    const list = (answer) => {
      for (const known of choices.querySelectorAll("input")) {
        if (known.value === answer.word) { known.checked = true; return known; }
      }
      const label = document.createElement("label");
      label.className = "choice";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = place.dataset.attach;
      box.value = answer.word;
      box.checked = true;
      box.id = `${place.dataset.attachId}-${choices.children.length}`;
      label.htmlFor = box.id;
      label.append(box);
      if (answer.image) {
        const image = document.createElement("img");
        image.className = "photo-small";
        image.src = answer.image;
        image.alt = "";
        label.append(image);
      }
      const text = document.createElement("span");
      text.textContent = answer.label;
      label.append(text);
      choices.append(label);
      return box;
    };

    // One after another, also those that are chosen while others are under way; the form waits for them.
    const waiting = [];
    let isBusy = false;
    const storeAll = async () => {
      if (isBusy) return;
      isBusy = true;
      progress.hidden = false;
      const troubles = [];
      while (waiting.length > 0) {
        const file = waiting.shift();
        say(`${place.dataset.attachSending} ${file.name}…`, false);
        try {
          const isShrunk = shrink.checked && file.type.startsWith("image/");
          const body = isShrunk ? await smaller(file).catch(() => file) : file;
          if (body.size > Number(place.dataset.attachMost)) throw new Error(place.dataset.attachTooLarge);
          const stored = await upload(file, body);
          if (body !== file) await tellOriginal(file, stored).catch(() => {});
          if (stored.image) await tellSmall(body, stored).catch(() => {});
          const box = list(stored);
          box.dispatchEvent(new Event("change", { bubbles: true }));
          say(`${file.name}: ${place.dataset.attachDone}.`, false);
        } catch (error) {
          troubles.push(`${file.name}: ${error.message}`);
        } finally {
          uploads.set(form, uploads.get(form) - 1);
        }
      }
      isBusy = false;
      progress.hidden = true;
      bytes.textContent = "";
      if (troubles.length > 0) {
        say(troubles.join(" "), true);
        if (held.has(form)) troubled.add(form);
        input.focus();
      }
      goOn(form);
    };

    input.addEventListener("change", () => {
      waiting.push(...input.files);
      uploads.set(form, (uploads.get(form) ?? 0) + input.files.length);
      input.value = "";
      storeAll();
    });
  }

  // A form that is sent while photos are still being stored goes when they are; where one failed it stays, so that somebody looks.
  document.addEventListener("submit", (event) => {
    if (!uploads.get(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.set(event.target, event.submitter);
    const status = event.target.querySelector("[data-draft-status]");
    if (status) status.textContent = event.target.querySelector("[data-attach]").dataset.attachHeld;
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if ([...document.forms].some((form) => uploads.get(form) > 0)) event.preventDefault();
  });

  // While the name of a new record is typed, those that may be the same are shown beside it.
  for (const form of document.querySelectorAll("[data-similar]")) {
    const input = form.elements[`v.${form.dataset.similarField}`];
    const place = input?.closest?.("[data-field]");
    if (!place) continue;
    const list = document.createElement("div");
    list.className = "similar";
    list.setAttribute("role", "status");
    place.append(list);
    let timer = 0;
    let asked = "";
    const show = (answer) => {
      list.replaceChildren();
      if (answer.items.length === 0) return;
      const heading = document.createElement("p");
      heading.textContent = answer.heading;
      const items = document.createElement("ul");
      for (const item of answer.items) {
        const line = document.createElement("li");
        const link = document.createElement("a");
        link.href = item.href;
        link.textContent = item.name;
        line.append(link, item.detail === "" ? "" : ` · ${item.detail}`);
        items.append(line);
      }
      list.append(heading, items);
    };
    const look = async () => {
      const text = input.value.trim();
      if (text === asked) return;
      asked = text;
      try {
        const mark = form.dataset.similar.includes("?") ? "&" : "?";
        const response = await fetch(`${form.dataset.similar}${mark}text=${encodeURIComponent(text)}`, { cache: "no-store" });
        if (response.ok && asked === text) show(await response.json());
      } catch { /* It is help, and no more. */ }
    };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 400); });
    if (input.value !== "") look();
  }

  // A table is walked through with Enter and the arrows, and takes cells from a spreadsheet.
  for (const grid of document.querySelectorAll("[data-grid]")) {
    const rows = () => [...grid.tBodies[0].rows];
    const inputs = (row) => [...row.querySelectorAll("td[data-field] input:not([type=hidden]), td[data-field] select")];
    const place = (input) => {
      const row = input.closest("tr");
      return [rows().indexOf(row), inputs(row).indexOf(input)];
    };
    const go = (row, column) => {
      const input = rows()[row] && inputs(rows()[row])[column];
      if (!input) return false;
      input.focus();
      if (input.select && input.type === "text") input.select();
      return true;
    };
    // Whoever comes here comes to type.
    if (!document.querySelector("[data-focus]") && !matchMedia("(pointer: coarse)").matches) {
      const all = rows().flatMap(inputs);
      const first = all.find((input) => input.value === "" && place(input)[1] === 0) ?? all[0];
      if (first) go(...place(first));
    }

    const changed = (input) => input.dispatchEvent(new Event("input", { bubbles: true }));

    grid.addEventListener("keydown", (event) => {
      const input = event.target;
      if (!input.closest("td[data-field]") || event.ctrlKey || event.metaKey || event.altKey) return;
      const [row, column] = place(input);
      const isList = input.tagName === "SELECT";
      const atStart = isList || input.type !== "text" || input.selectionEnd === 0;
      const atEnd = isList || input.type !== "text" || input.selectionStart === input.value.length;
      const isWhole = input.type === "text" && input.selectionStart === 0 && input.selectionEnd === input.value.length;
      let isGone = false;
      if (event.key === "Enter") {
        event.preventDefault();
        if (!go(row + (event.shiftKey ? -1 : 1), column) && !event.shiftKey) go(0, column + 1);
      } else if (event.key === "ArrowDown" && !isList) isGone = go(row + 1, column);
      else if (event.key === "ArrowUp" && !isList) isGone = go(row - 1, column);
      else if (event.key === "ArrowRight" && (atEnd || isWhole) && !isList) isGone = go(row, column + 1);
      else if (event.key === "ArrowLeft" && (atStart || isWhole) && !isList) isGone = go(row, column - 1);
      if (isGone) event.preventDefault();
    });

    // Rows without a key can be added.
    const add = () => {
      const last = rows().at(-1);
      if (last.querySelector("input[name$='.base']") || grid.dataset.growing !== "true") return false;
      const count = rows().length;
      const from = `r${count - 1}.`;
      const to = `r${count}.`;
      const row = last.cloneNode(true);
      for (const element of [row, ...row.querySelectorAll("*")]) {
        for (const name of ["id", "name", "aria-labelledby", "aria-describedby", "data-field"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replaceAll(from, to));
        }
        if (element.matches("input:not([type=hidden]), select")) element.value = "";
      }
      for (const problem of row.querySelectorAll("[data-problem]")) problem.replaceChildren();
      row.cells[0].firstChild.textContent = String(count + 1);
      grid.tBodies[0].append(row);
      grid.closest("form").elements.rows.value = String(count + 1);
      return true;
    };

    const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

    const put = (input, text) => {
      if (input.tagName === "SELECT") {
        const option = [...input.options].find((one) => one.value === text.trim() || folded(one.text) === folded(text));
        if (!option) return;
        input.value = option.value;
      } else if (input.type === "date") {
        const day = text.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
        input.value = day ? `${day[3]}-${day[2].padStart(2, "0")}-${day[1].padStart(2, "0")}` : text.trim();
      } else {
        input.value = text.trim();
      }
    };

    grid.addEventListener("paste", (event) => {
      const input = event.target;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!input.closest?.("td[data-field]") || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
      event.preventDefault();
      const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
      const [row, column] = place(input);
      const most = Number(grid.dataset.most);
      if (row + lines.length > most) {
        const status = grid.closest("form").querySelector("[data-draft-status]");
        status.textContent = grid.dataset.tooMany.replace("{count}", String(most));
        status.classList.add("problem");
        return;
      }
      lines.forEach((line, down) => {
        while (!rows()[row + down] && add());
        if (!rows()[row + down]) return;
        const cells = inputs(rows()[row + down]);
        line.split("\t").forEach((cell, right) => { if (cells[column + right]) put(cells[column + right], cell); });
      });
      changed(input);
      go(Math.min(row + lines.length, rows().length) - 1, column);
    });
  }
})();
