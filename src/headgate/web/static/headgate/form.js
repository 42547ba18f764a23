// A hosted form without this file works; with it, a second click, haste and proofs are looked after.
const TRIES_AT_ONCE = 8;

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Solves an ALTCHA challenge: which counter gives a key that begins as it asks for?
async function solve({ nonce, salt, cost, keyLength, keyPrefix }) {
  const salted = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  const derive = async (counter) => {
    const password = new Uint8Array(nonce.length / 2 + 4);
    password.set(bytes(nonce));
    new DataView(password.buffer).setUint32(nonce.length / 2, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return hex(await crypto.subtle.deriveBits(salted, key, keyLength * 8));
  };
  for (let first = 0; ; first += TRIES_AT_ONCE) {
    const counters = Array.from({ length: TRIES_AT_ONCE }, (_, more) => first + more);
    const keys = await Promise.all(counters.map(derive));
    const found = keys.findIndex((key) => key.startsWith(keyPrefix));
    if (found >= 0) return { counter: first + found, derivedKey: keys[found] };
  }
}

// <headgate-proof challenge="{…}" name="_proof">: works while the form is filled in, and puts the
// proof into it. Browsers have what it needs over HTTPS and on their own machine only.
class HeadgateProof extends HTMLElement {
  connectedCallback() {
    const challenge = JSON.parse(this.getAttribute("challenge"));
    this.ready = !globalThis.crypto?.subtle ? Promise.resolve() : solve(challenge.parameters).then((solution) => {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = this.getAttribute("name");
      input.value = btoa(JSON.stringify({ challenge, solution }));
      this.replaceChildren(input);
    });
  }
}
customElements.define("headgate-proof", HeadgateProof);

// Nothing is asked of the form element itself: its fields may be named like what it has.
const shownAt = performance.now();
const button = document.querySelector("form[data-form] button");
if (button) {
  const label = button.textContent;
  let isSending = false;

  document.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
    const early = Number(button.dataset.minSeconds) * 1000 + 200 - (performance.now() - shownAt);
    await Promise.all([
      document.querySelector("headgate-proof")?.ready,
      new Promise((resolve) => setTimeout(resolve, early)),
    ]);
    HTMLFormElement.prototype.submit.call(event.target);
  });

  // A page that the browser kept is ready for another try.
  addEventListener("pageshow", () => {
    isSending = false;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  });
}

document.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
document.querySelector("[aria-invalid]")?.focus();

if (window.parent !== window) {
  // Only pages of the form's origins can be around it, and a height tells nobody anything.
  const tell = (message) => window.parent.postMessage({ headgate: message }, "*");
  const main = document.querySelector("main");
  new ResizeObserver(() => tell({ height: Math.ceil(main.getBoundingClientRect().height) })).observe(main);
  const goOn = document.querySelector("[data-go-on]");
  if (goOn) tell({ goTo: goOn.href });
}
