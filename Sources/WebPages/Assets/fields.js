// Fields that are not filled by keys: signatures that are drawn, and places that a device measures. A signature has paper beside it,
// and a place can be typed, so that nobody depends on either.
"use strict";
(() => {
  const touched = (input) => {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  for (const place of document.querySelectorAll("[data-signature]")) {
    const sheet = place.querySelector("svg");
    const path = sheet.querySelector("path");
    const input = document.getElementById(place.dataset.signature);
    const status = place.querySelector("[data-signature-status]");
    const [width, height] = [1000, 400];
    const nearest = 6; // steps of the sheet: points nearer to the last one show nothing
    const longest = 15000; // characters of all strokes
    let strokes = input.value === "" ? [] : input.value.split(";").map((stroke) => stroke.split(" ").map((point) => point.split(",").map(Number)));
    let stroke = null;

    const text = () => strokes.map((points) => points.map((point) => point.join(",")).join(" ")).join(";");
    const show = () => {
      path.setAttribute("d", strokes.map((points) => `M${points[0].join(" ")}${points.slice(points.length > 1 ? 1 : 0).map((point) => `L${point.join(" ")}`).join("")}`).join(""));
    };
    const at = (event) => {
      const frame = sheet.getBoundingClientRect();
      const step = (value, start, length, most) => Math.max(0, Math.min(most, Math.round(((value - start) / length) * most)));
      return [step(event.clientX, frame.left, frame.width, width), step(event.clientY, frame.top, frame.height, height)];
    };
    const add = (event) => {
      const point = at(event);
      const last = stroke.at(-1);
      if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < nearest) return;
      stroke.push(point);
      show();
    };

    sheet.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      if (text().length > longest) return;
      sheet.setPointerCapture(event.pointerId);
      stroke = [];
      strokes.push(stroke);
      add(event);
    });
    sheet.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      if (text().length > longest) return end();
      for (const passed of event.getCoalescedEvents?.() ?? [event]) add(passed);
    });
    function end() {
      if (!stroke) return;
      stroke = null;
      input.value = text();
      status.textContent = place.dataset.signatureDone;
      touched(input);
    }
    sheet.addEventListener("pointerup", end);
    sheet.addEventListener("pointercancel", end);
    place.querySelector("[data-signature-again]").addEventListener("click", () => {
      strokes = [];
      input.value = "";
      status.textContent = "";
      show();
      touched(input);
    });
  }

  for (const button of document.querySelectorAll("[data-place]")) {
    const input = document.getElementById(button.dataset.place);
    const status = button.parentElement.querySelector("[data-place-status]");
    button.addEventListener("click", () => {
      const failed = () => {
        status.textContent = button.dataset.placeFailed;
        input.focus();
      };
      if (!navigator.geolocation) return failed();
      status.textContent = button.dataset.placeWaiting;
      navigator.geolocation.getCurrentPosition((found) => {
        const { latitude, longitude, accuracy } = found.coords;
        input.value = `${latitude.toFixed(6)}, ${longitude.toFixed(6)} ±${Math.ceil(accuracy)} m`;
        status.textContent = "";
        touched(input);
      }, failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 10000 });
    });
  }
})();
