// Before the first paint: the theme that the reader chose earlier. Without a choice the system's preference holds.
(function () {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (refused) { /* A browser that keeps nothing follows the system. */ }
})();
