// Saves a section, or an entry of a list, by itself while somebody types, as the button would. Where it cannot, it says so
// and leaves everything to the button. One request at a time; typing never waits for it.

const PAUSE = 3000; // after the last key
const LONGEST = 20000; // somebody who never pauses is saved this often
const AGAIN = 15000; // after a failure
const PATIENCE = 8000; // how long the button waits for an answer that is on its way
const LARGEST_KEPT_ALIVE = 60000; // browsers send no more than 64 KiB after a page is gone

const NOT_TYPED = ["csrfmiddlewaretoken", "version"];

const form = document.querySelector("form[data-autosave]");
let saved; // what the server holds, as far as this page knows
let sending = ""; // what is on its way
let request = null;
let timer = 0;
let unsavedSince = 0;
let state = "";
let over = false; // this page saves no more by itself
let held = false; // the button waits

function typed() {
  const data = new FormData(form);
  NOT_TYPED.forEach((name) => data.delete(name));
  return new URLSearchParams(data).toString();
}

// Shows `words` by the buttons; a screen reader hears `news`, once for each change of state.
function tell(name, words, news, ...more) {
  const line = form.querySelector("[data-saved]");
  line.querySelector("[data-saved-words]").replaceChildren(words, ...more);
  line.querySelector("svg").toggleAttribute("hidden", name !== "saved");
  line.toggleAttribute("data-trouble", name !== "saved");
  line.hidden = false;
  if (name !== state) document.querySelector("[data-announce]").textContent = news;
  state = name;
}

function stop(name, words, ...more) {
  over = true;
  tell(name, words, words, ...more);
}

function link(words) {
  const made = document.createElement("a");
  made.href = form.action;
  made.textContent = words;
  return made;
}

function choosing() {
  const made = document.createElement("button");
  made.className = "btn btn-link";
  made.textContent = "See both and choose";
  return made;
}

function signedOut(kept) {
  const changed = "Your sign-in has changed since you opened this page.";
  if (!kept) {
    stop("signed-out", `${changed} This is not saved: copy your text, then open this part again. `, link("Open this part again"));
    return;
  }
  stop("signed-out", `${changed} What you typed until now is kept for 24 hours and waits after signing in. `, link("Sign in and go on"));
}

async function hear(response, sent) {
  const told = await response.json().catch(() => ({}));
  if (told.saved) {
    form.elements.version.value = told.version;
    saved = sent;
    // What was begun here has an address of its own now: a reload must find it again.
    if ("begins" in form.dataset) history.replaceState(null, "", form.action);
    tell("saved", told.saved, "Saved");
  } else if (told.signed_out) {
    saved = sent;
    signedOut(told.kept);
  } else if (told.conflict) {
    stop("conflict", "Not saved: another window has saved this part since you opened this page. ", choosing());
  } else if (told.refused) {
    stop("refused", told.refused);
  } else if (response.status >= 500) {
    throw new Error(String(response.status));
  } else {
    stop("button", `This is saved when you press “${form.querySelector("[type=submit]").textContent}”.`);
  }
}

async function send(sent, body, keepalive) {
  try {
    const signal = AbortSignal.timeout(2 * AGAIN);
    await hear(await fetch(form.dataset.autosave, { method: "POST", body, keepalive, signal }), sent);
  } catch {
    const words = "Not saved yet. Your text is still here; we try again.";
    tell("failed", words, words);
    plan(AGAIN);
  }
}

async function save() {
  clearTimeout(timer);
  const sent = typed();
  if (over && state !== "signed-out") return;
  if (request || form.dataset.sent || sent === saved) return;
  const body = new URLSearchParams(new FormData(form));
  sending = sent;
  unsavedSince = 0;
  request = send(sent, body, body.toString().length < LARGEST_KEPT_ALIVE);
  await request;
  request = null;
  if (typed() !== sending) note();
}

function plan(wait) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

function note() {
  if (over || request) return;
  unsavedSince ||= Date.now();
  plan(Math.max(0, Math.min(PAUSE, unsavedSince + LONGEST - Date.now())));
}

// The button sends the version of the answers: it waits for one that is on its way.
async function hold(event) {
  clearTimeout(timer);
  if (event.target !== form || !request) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (held) return;
  held = true;
  await Promise.race([request, new Promise((done) => setTimeout(done, PATIENCE))]);
  held = false;
  request = null;
  form.requestSubmit(event.submitter);
}

if (form) {
  saved = typed();
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  document.addEventListener("submit", hold, { capture: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  addEventListener("pagehide", save);
}
