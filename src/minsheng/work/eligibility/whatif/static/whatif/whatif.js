/* A slider beside each number: it moves the number, the number moves it. Without this script the numbers alone do. */
(function () {
  "use strict";
  Array.from(document.querySelectorAll("[data-slider]")).forEach((slider) => {
    const box = document.getElementById(slider.dataset.slider);
    const decimals = box.step.includes(".") ? 2 : 0;
    slider.hidden = false;
    slider.addEventListener("input", () => { box.value = Number(slider.value).toFixed(decimals); });
    box.addEventListener("input", () => { slider.value = box.value; });
  });
})();
