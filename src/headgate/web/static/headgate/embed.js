// Puts a hosted form where the script stands: <script src="https://…/f/account/form/embed.js" async></script>
(() => {
  const script = document.currentScript;
  const address = new URL("../" + script.src.split("?")[0].split("/").at(-2), script.src);
  // What brought the visitor here fills the form's hidden fields.
  for (const [name, value] of new URLSearchParams(location.search)) address.searchParams.set(name, value);
  address.searchParams.set("embed", "1");
  address.searchParams.set("page", location.href.slice(0, 2000));

  const frame = document.createElement("iframe");
  frame.src = address;
  frame.title = script.dataset.title || "Form";
  frame.style.cssText = "width:100%;border:0;display:block;height:640px;color-scheme:light";
  script.after(frame);

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== address.origin || !data?.headgate) return;
    const { height, goTo } = data.headgate;
    if (Number.isFinite(height)) frame.style.height = `${height}px`;
    if (typeof goTo === "string" && /^https?:/.test(goTo)) location.assign(goTo);
  });
})();
