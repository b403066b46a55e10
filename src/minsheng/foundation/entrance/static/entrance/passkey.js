/* Passkeys: asks the device, puts its answer into the form, sends the form. webauthn-json (allauth) does the encoding. */
(function () {
  "use strict";
  // A passkey belongs to a host name; at a bare address the browser refuses it.
  const named = () => !/^[\d.]+$|:/.test(window.location.hostname);
  const able = () => Boolean(window.PublicKeyCredential && window.webauthnJSON && named());
  const REASONS = {
    NotAllowedError: "设备没有确认，或者等得太久。请再试一次。",
    InvalidStateError: "这台设备已经设过通行密钥了。",
    SecurityError: "这个网址不能用通行密钥，请改用手机验证码。",
  };
  function tell(form, error) {
    const place = form.querySelector("[data-passkey-error]");
    place.textContent = REASONS[error.name] || "这台设备没有办成，请改用手机验证码。";
    place.hidden = false;
  }
  async function options(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }
  async function ask(form) {
    const wanted = await options(form);
    if (form.dataset.passkey !== "create") return window.webauthnJSON.get(wanted);
    // The device keeps the key and checks its owner, so that it opens the door alone.
    Object.assign(wanted.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
    return window.webauthnJSON.create(wanted);
  }
  function begin() {
    document.querySelectorAll("form[data-passkey]").forEach((form) => {
      if (!able()) { if (!form.hidden) tell(form, { name: "" }); return; }
      form.hidden = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        ask(form).then((credential) => {
          form.elements.credential.value = JSON.stringify(credential);
          form.submit();
        }).catch((error) => tell(form, error));
      });
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
