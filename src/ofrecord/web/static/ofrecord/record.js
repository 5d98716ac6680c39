// What a page does beyond HTML. Every page works without it; nothing here knows an amount.
(function () {
  const root = document.documentElement;

  function wire(scope) {
    scope.querySelectorAll("[data-theme-choice]").forEach(wireTheme);
    scope.querySelectorAll("[data-copy]").forEach(wireCopy);
  }

  // The choice of theme appears only where it can be kept.
  function wireTheme(select) {
    select.closest("[hidden]")?.removeAttribute("hidden");
    select.value = root.dataset.theme || "system";
    select.addEventListener("change", () => {
      const theme = select.value;
      if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
      try { theme === "system" ? localStorage.removeItem("theme") : localStorage.setItem("theme", theme); } catch (refused) { /* Holds for this page. */ }
    });
  }

  // A button that copies the field it names and says that it did.
  function wireCopy(button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch (refused) { document.execCommand("copy"); }
      button.textContent = button.dataset.copied || "Copied";
    });
  }

  // A second press of the same button waits for the answer to the first. The server refuses it as well.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.target.method !== "post" || event.defaultPrevented) return;
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
    button.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  // An open clock closes when the reader turns to something else.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.clock[open]").forEach((open) => { if (!open.contains(event.target)) open.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.clock[open]").forEach((open) => { open.open = false; open.querySelector("summary").focus(); });
  });

  wire(document);
  document.querySelector(".errors")?.focus();
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) wire(event.target); });
})();
