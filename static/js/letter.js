// Saves a referee's letter by itself while it is typed, and counts its characters. All words come
// from the page, which is in the reader's language. Where saving fails, the buttons still do it.

const PAUSE = 3000; // after the last key
const LONGEST = 20000; // somebody who never pauses is saved this often
const AGAIN = 15000; // after a failure

const form = document.querySelector("form[data-letter]");
const line = form?.querySelector("[data-saved]");
let saved = "";
let timer = 0;
let unsavedSince = 0;
let running = false;
let over = false;

// The text of the form; a file is sent by the buttons alone.
function typed() {
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(pairs);
}

function known(sent) {
  const text = new URLSearchParams(sent);
  text.delete("version");
  return text.toString();
}

function tell(words, trouble) {
  line.textContent = words;
  line.hidden = false;
  line.toggleAttribute("data-trouble", trouble);
  if (trouble) document.querySelector("[data-announce]").textContent = words;
}

function stop(words) {
  over = true;
  tell(words, true);
}

function hear(told, sent) {
  if (told.saved) {
    form.elements.version.value = told.version;
    saved = known(sent);
    tell(line.dataset.savedWords.replace("{when}", told.saved), false);
  } else {
    stop(told.conflict ? line.dataset.conflict : line.dataset.refused);
  }
}

async function save() {
  clearTimeout(timer);
  const sent = typed();
  if (over || running || form.dataset.sent || known(sent) === saved) return;
  running = true;
  unsavedSince = 0;
  try {
    const signal = AbortSignal.timeout(2 * AGAIN);
    const response = await fetch(form.dataset.letter, { method: "POST", body: sent, signal });
    if (response.status >= 500) throw new Error(String(response.status));
    hear(await response.json(), sent);
  } catch {
    tell(line.dataset.failed, true);
    timer = setTimeout(save, AGAIN);
  }
  running = false;
  if (!over && saved && known(typed()) !== saved) note();
}

function note() {
  if (over || running) return;
  unsavedSince ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE, unsavedSince + LONGEST - Date.now())));
}

// A button sends the version the page was made from: it waits until a save on its way has told it.
async function hold(event) {
  clearTimeout(timer);
  if (event.target !== form || !running) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  for (let waited = 0; running && waited < 8000; waited += 100) await new Promise((done) => setTimeout(done, 100));
  running = false;
  form.requestSubmit(submitter);
}

function count() {
  const shown = document.querySelector("[data-count]");
  const used = Array.from(form.elements.letter.value.trim()).length;
  shown.textContent = shown.dataset.words.replace("{number}", used.toLocaleString());
  shown.hidden = used === 0;
  shown.toggleAttribute("data-over", used > Number(form.elements.letter.dataset.characters));
}

// A file that is too large would be refused with everything that came along: it is not sent at all.
function weigh() {
  const { file } = form.elements;
  const large = file.files[0]?.size > Number(file.dataset.maxBytes);
  const words = form.querySelector("[data-too-large]");
  words.hidden = !large;
  if (!large) return;
  file.value = "";
  document.querySelector("[data-announce]").textContent = words.textContent;
}

if (form) {
  saved = known(typed());
  form.elements.file.addEventListener("change", weigh);
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.elements.letter.addEventListener("input", count);
  document.addEventListener("submit", hold, { capture: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  count();
}
