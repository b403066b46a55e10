// What the walk asks of each page; run inside the page, after axe-core was put there.
window.checks = {
  // Serious and critical violations of WCAG 2.2 AA and of good practice, three places each.
  async accessibility() {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run(document, { resultTypes: ["violations"], runOnly: tags });
    const remedy = (node) => node.target.join(" ") + " " + node.failureSummary.split("\n")[1].trim();
    return found.violations
      .filter((violation) => ["serious", "critical"].includes(violation.impact))
      .map((violation) => violation.id + ": " + violation.nodes.slice(0, 3).map(remedy).join(" | "));
  },

  // A target is what a finger must hit. Links in running text, lists and table cells are exempt (WCAG 2.5.8), and a
  // tick box is hit by its label.
  smallTargets() {
    const targets = "a, button, input:not([type=hidden]), select, textarea, summary, [role=button]";
    const inText = "p, li, td, th, dd, dt, h2, .crumbs, .card-footer, .alert, .text-secondary, label";
    const exempt = (e) => e.tagName === "A" && !e.matches(".btn, .nav-link, .chip, .brand") && e.closest(inText) && !e.closest("summary");
    const hit = (e) => (/^(radio|checkbox)$/.test(e.type) && e.closest("label")) || e;
    return [...document.querySelectorAll(targets)]
      .filter((e) => e.checkVisibility() && !e.closest("svg, .visually-hidden, .skip-link") && !exempt(e))
      .map((e) => [e, Math.round(hit(e).getBoundingClientRect().height)])
      .filter(([, height]) => height < 44)
      .map(([e, height]) => height + " px: " + e.outerHTML.slice(0, 110));
  },

  // Everything that a person reads, without what is code or a number of a page.
  words() {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [document.title];
    const notRead = "code, pre, script, style, .error-id, option";
    while (walk.nextNode()) {
      const place = walk.currentNode.parentElement;
      if (place && !place.closest(notRead) && place.checkVisibility()) words.push(walk.currentNode.textContent);
    }
    return words.join("\n");
  },

  // The control: one element for each kind of fault.
  plant() {
    const add = (tag, name, text) => {
      const made = document.createElement(tag);
      made.className = name;
      made.append(text);
      document.querySelector("main").append(made);
    };
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".planted-wide { width: 1400px } .planted-pale { color: #ddd } .planted-small { height: 20px; min-height: 0 }");
    document.adoptedStyleSheets = [sheet];
    add("div", "planted-wide", "wide");
    add("p", "planted-pale", "看不清的字");
    add("button", "planted-small", "小");
    add("h1", "", "又一个标题");
    document.querySelector("main").append(document.createElement("input"));
  },
};
