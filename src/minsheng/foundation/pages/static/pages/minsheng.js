/* Keyboard, focus, menus, drafts. No framework; works without it except the folded menu on small screens. */
(function () {
  "use strict";
  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const announce = (text) => { const place = one("#announce"); if (place) place.textContent = text; };
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  /* ---- keyboard: / search, j k rows, Enter opens; never while typing, never during 拼音 or 五笔 composition ---- */
  function move(step) {
    const rows = all("[data-row]").filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.classList.contains("row-on"));
    const next = now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step));
    rows.forEach((row) => row.classList.remove("row-on"));
    rows[next].classList.add("row-on");
    rows[next].setAttribute("tabindex", "-1");
    rows[next].focus({ preventScroll: true });
    rows[next].scrollIntoView({ block: "nearest" });
    announce("第 " + (next + 1) + " 行，共 " + rows.length + " 行");
  }
  const addressOf = (row) => row.dataset.row || (one("a[href]", row) || {}).href || "";
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const box = one("[data-search]");
      if (!box) return;
      event.preventDefault();
      const menu = box.closest("[data-collapsed]");
      if (menu) unfold(one('[data-toggle="' + menu.id + '"]'), true);
      box.focus();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
    } else if (event.key === "Enter") {
      const row = event.target.closest("[data-row]");
      if (row && event.target === row && addressOf(row)) { event.preventDefault(); window.location.assign(addressOf(row)); }
    }
  });

  /* ---- clicks ---- */
  function unfold(button, open) {
    const place = document.getElementById(button.dataset.toggle);
    place.toggleAttribute("data-collapsed", !open);
    button.setAttribute("aria-expanded", String(open));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.dataset.toggle) unfold(button, button.getAttribute("aria-expanded") !== "true");
    if (button && "back" in button.dataset) window.history.back();
    if (button && "print" in button.dataset) window.print();
    if (button && button.dataset.readAloud) readAloud(button);
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a,button,input,label,select") && !String(window.getSelection()) && addressOf(row)) {
      window.location.assign(addressOf(row));
    }
  });

  /* ---- read aloud, by the browser's own voice ---- */
  function readAloud(button) {
    const speech = window.speechSynthesis;
    if (speech.speaking) { speech.cancel(); return; }
    const words = new SpeechSynthesisUtterance(one(button.dataset.readAloud).innerText);
    words.lang = "zh-CN"; words.rate = 0.85;
    speech.speak(words);
  }

  /* ---- drafts: what was typed comes back after sign-in, an error or a time-out; in this tab only, wiped on sign-out ---- */
  const PREFIX = "draft:", OWNER = "draft-owner";
  const store = (() => { try { sessionStorage.setItem("probe", "1"); sessionStorage.removeItem("probe"); return sessionStorage; } catch (e) { return null; } })();
  const drafts = () => (store ? Object.keys(store).filter((key) => key.startsWith(PREFIX)) : []);
  const wipe = () => drafts().forEach((key) => store.removeItem(key));
  const keyOf = (form) => PREFIX + window.location.pathname + "#" + (form.id || form.getAttribute("action") || "");
  const keepable = (form) => form.method === "post" && form.dataset.keep !== "off" && !one('input[type="password"]', form);
  const fields = (form) => Array.from(form.elements).filter((f) => f.name && !/^(hidden|password|file|submit|button)$/.test(f.type) && f.autocomplete !== "one-time-code");
  function save(form) {
    const values = fields(form).map((f) => [f.name, f.value, /^(checkbox|radio)$/.test(f.type) ? f.checked : null]);
    try { store.setItem(keyOf(form), JSON.stringify({ values: values, sent: false })); } catch (e) { announce("草稿没有存下来：浏览器的存储已满。"); }
  }
  function restore(form) {
    const text = store.getItem(keyOf(form));
    if (!text) return;
    const kept = JSON.parse(text).values;
    let changed = false;
    fields(form).forEach((f) => {
      const match = kept.find((k) => k[0] === f.name && (k[2] === null || k[1] === f.value));
      if (!match) return;
      if (match[2] === null) { changed = changed || f.value !== match[1]; f.value = match[1]; }
      else { changed = changed || f.checked !== match[2]; f.checked = match[2]; }
    });
    if (!changed) return;
    const note = document.createElement("div");
    note.className = "alert alert-info bg-white kept-note"; note.setAttribute("role", "status");
    const words = document.createElement("span"); words.className = "text-body";
    words.textContent = store.getItem(placeOf(form)) ? "刚才交的内容已经放回来了。再交一次，就知道办成了没有；不会办两次。" : "上次填了没有交的内容已经放回来了，请核对。";
    const drop = document.createElement("button"); drop.type = "button"; drop.className = "btn"; drop.textContent = "不要了，重新填";
    drop.addEventListener("click", () => { store.removeItem(keyOf(form)); form.reset(); note.remove(); });
    note.append(words, drop); form.before(note);
  }
  function beginDrafts() {
    if (!store) return;
    const owner = document.body.dataset.viewer;
    if (owner && store.getItem(OWNER) && store.getItem(OWNER) !== owner) wipe();  // another person signed in at this desk
    if (owner) store.setItem(OWNER, owner);
    // A draft that was sent and not answered by an error page or a sign-in page has arrived.
    const refused = document.body.dataset.error || one('input[type="password"]');
    drafts().forEach((key) => {
      const draft = JSON.parse(store.getItem(key));
      if (!draft.sent) return;
      if (refused) { draft.sent = false; store.setItem(key, JSON.stringify(draft)); } else store.removeItem(key);
    });
    all("form").filter(keepable).forEach(restore);
    document.addEventListener("input", (event) => { const form = event.target.form; if (form && keepable(form)) save(form); });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if ("wipe" in form.dataset) { wipe(); store.removeItem(OWNER); return; }
      const text = keepable(form) && store.getItem(keyOf(form));
      if (text) store.setItem(keyOf(form), JSON.stringify(Object.assign(JSON.parse(text), { sent: true })));
    });
  }

  /* ---- the key of a form that was sent and of which nobody knows what became: it goes out again with the same key ---- */
  const SENT = "sent:";
  const sentKeys = () => (store ? Object.keys(store).filter((key) => key.startsWith(SENT)) : []);
  const placeOf = (form) => SENT + window.location.pathname + "#" + all("form[method=post]").indexOf(form) + (form.getAttribute("action") || "");
  const keyField = (form) => one('input[name="form_key"]', form);
  function beginKeys() {
    if (!store) return;
    // Answered with a page of ours: settled, unless that page says that it does not know. Come back to without one
    // (the line was lost, or it answered that it does not know): not settled.
    const how = (performance.getEntriesByType("navigation")[0] || {}).type;
    const open = "unsure" in document.body.dataset || ((how === "back_forward" || how === "reload") && !document.body.dataset.error);
    if (!open) sentKeys().forEach((key) => store.removeItem(key));
    all("form[method=post]").forEach((form) => {
      const kept = keyField(form) && store.getItem(placeOf(form));
      if (kept) keyField(form).value = kept;
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post") || !keyField(form)) return;
      if ("wipe" in form.dataset) { sentKeys().forEach((key) => store.removeItem(key)); return; }
      try { store.setItem(placeOf(form), keyField(form).value); } catch (e) { /* full: a new key is drawn */ }
    });
  }

  /* ---- a second click while the first is on its way sends nothing; the server would not do it twice either ---- */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if ("going" in form.dataset) { event.preventDefault(); announce("已经送出去了，正在办，请等一等。"); return; }
    form.dataset.going = "";
    window.setTimeout(() => { delete form.dataset.going; }, 3000);  // a file that was fetched leaves the page standing
  });
  window.addEventListener("pageshow", () => all("form[data-going]").forEach((form) => { delete form.dataset.going; }));

  /* ---- focus after an error, new fragments ---- */
  const focusFirst = (root) => { const place = one("[data-focus]", root); if (place) { place.focus(); if (!document.title.startsWith("错误：")) document.title = "错误：" + document.title; } };
  document.addEventListener("htmx:afterSwap", (event) => focusFirst(event.target));
  document.addEventListener("htmx:sendError", () => announce("网络断了，没有送出去。请检查网络后再试一次。"));
  function begin() {
    all("form[method=post]").forEach((form) => { form.noValidate = true; });
    all("[data-read-aloud]").forEach((button) => { button.hidden = !("speechSynthesis" in window); });
    beginKeys();
    beginDrafts();
    focusFirst(document);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
