// <script src="https://your.server/widget.js" data-business="biz_…" defer></script>
// Loads the widget's module beside itself; puts nothing into the page but one element.
(() => {
  const script = document.currentScript;
  const server = new URL(".", script.src).href;
  const begin = () =>
    import(new URL("web/embedded.js", server).href).then(
      ({ embed }) => embed({ server, settings: { ...script.dataset } }),
      error => console.error(`offhook: the widget could not be loaded from ${server} (${error.message}). A Content-Security-Policy of this page must allow it in script-src, style-src and connect-src.`),
    );
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin, { once: true });
})();
