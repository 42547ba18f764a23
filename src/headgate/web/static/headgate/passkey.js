// Forms that are sent with a passkey: made by this device, or shown by it.
const decode = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function readOptions({ publicKey }) {
  const known = (list) => list?.map((each) => ({ ...each, id: decode(each.id) }));
  const read = { ...publicKey, challenge: decode(publicKey.challenge) };
  if (publicKey.user) read.user = { ...publicKey.user, id: decode(publicKey.user.id) };
  if (publicKey.excludeCredentials) read.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) read.allowCredentials = known(publicKey.allowCredentials);
  return read;
}

function written(credential) {
  const { response } = credential;
  const said = { clientDataJSON: encode(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = encode(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({
    type: credential.type, id: credential.id, rawId: encode(credential.rawId), response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsOf(form) {
  if (!form.dataset.options) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

async function shown(form) {
  const publicKey = readOptions(await optionsOf(form));
  if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey });
  // A passkey is found again without a name, and its holder is asked for a PIN or a finger.
  Object.assign(publicKey.authenticatorSelection,
    { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  return navigator.credentials.create({ publicKey });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const refusal = form.querySelector("[role=alert]");
      refusal.hidden = true;
      try {
        form.elements.credential.value = written(await shown(form));
      } catch {
        refusal.hidden = false;
        return;
      }
      form.submit();
    });
  }
}
