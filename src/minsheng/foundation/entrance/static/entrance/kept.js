/* The form that met an ended sign-in, put back by the server: visible fields only, so that marks of the page stay fresh. */
(function () {
  "use strict";
  const usable = (f) => f.name && !/^(hidden|password|file|submit|button)$/.test(f.type);
  function put(form, fields) {
    // Maps, so that a field called like a part of every object is a field and nothing else.
    const values = new Map(Object.entries(fields)), used = new Map();
    Array.from(form.elements).filter(usable).forEach((f) => {
      const given = values.get(f.name) || [];
      if (/^(checkbox|radio)$/.test(f.type)) { f.checked = given.includes(f.value); return; }
      if (f.tagName === "SELECT" && f.multiple) { Array.from(f.options).forEach((o) => { o.selected = given.includes(o.value); }); return; }
      const number = used.get(f.name) || 0;
      if (number < given.length) f.value = given[number];
      used.set(f.name, number + 1);
    });
  }
  function begin() {
    const kept = JSON.parse(document.getElementById("kept-form").textContent);
    const address = (form) => new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
    const form = Array.from(document.querySelectorAll("form[method=post]")).find((f) => address(f) === kept.action);
    if (!form) return;
    put(form, kept.fields);
    if (form.previousElementSibling && form.previousElementSibling.classList.contains("kept-note")) form.previousElementSibling.remove();
    const note = document.createElement("div");
    note.className = "alert alert-info bg-white kept-note"; note.setAttribute("role", "status");
    note.classList.add("text-body");
    note.textContent = "刚才没有交成，您填的内容已经放回来了。请核对后再交一次。" + (kept.had_files ? "附件要重新选。" : "");
    form.before(note);
    note.scrollIntoView({ block: "center" });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
