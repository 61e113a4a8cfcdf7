// Fills what a cached page must not carry: the time now, the reader's own clock, what is left.
// The server's clock counts; this page only keeps its distance from it. Nothing here decides.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HST = "Pacific/Honolulu";
const STALE = 10 * MINUTE;
const YEAR = 31536000; // in seconds, for the cookie that remembers a chosen zone
const SHORT = { "Asia/Tokyo": "JST", "Pacific/Guam": "ChST" }; // not known to browsers set to English

let offset = 0;
let askedAt = -Infinity;
let previous = null;

const now = () => Date.now() + offset;
const find = (root, name) => root.querySelector(`[data-${name}]`);
const clocks = () => document.querySelectorAll("[data-clocks]");

async function ask() {
  const sent = Date.now();
  try {
    const answer = await fetch("/time", { cache: "no-store" });
    const server = Date.parse((await answer.json()).now);
    if (Number.isNaN(server)) return false;
    const received = Date.now();
    offset = server - (sent + received) / 2;
    askedAt = received;
    return true;
  } catch {
    return false;
  }
}

function readerZone() {
  const chosen = /(?:^|; )zone=([^;]+)/.exec(document.cookie)?.[1];
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const zone of [chosen && decodeURIComponent(chosen), own]) {
    try {
      if (zone) return Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone && zone;
    } catch {
      // a name this browser does not know: try the next
    }
  }
  return null;
}

function parts(instant, zone, zoneName) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, weekday: "long", month: "long", day: "numeric", year: "numeric",
    hour: "numeric", minute: "2-digit", hour12: true, timeZoneName: zoneName,
  });
  return Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
}

const cityOf = (zone) => zone.split("/").pop().replaceAll("_", " ");

function zoneWords(instant, zone) {
  const long = parts(instant, zone, "long").timeZoneName.replace("Hawaii-Aleutian", "Hawaii");
  const short = SHORT[zone] ?? parts(instant, zone, "short").timeZoneName;
  const name = short === long || /^(GMT|UTC)./.test(short) ? long : `${long} (${short})`;
  return `${name}, ${cityOf(zone)}`;
}

function turn(hand, degrees) {
  hand.setAttribute("transform", `rotate(${degrees} 24 24)`);
}

function fillFace(face, instant, zone) {
  const here = parts(instant, zone, "short");
  const deciding = parts(instant, HST, "short");
  face.classList.remove("face-deciding");
  face.querySelector(".face-kanji")?.remove();
  face.querySelector(".face-label").textContent = "The same moment for you";
  const weekday = find(face, "weekday");
  weekday.textContent = `${here.weekday},`;
  weekday.classList.toggle("other-day", here.weekday !== deciding.weekday);
  find(face, "date").textContent = `${here.month} ${here.day}, ${here.year}`;
  find(face, "time").textContent = `${here.hour}:${here.minute}`;
  find(face, "meridiem").textContent = here.dayPeriod;
  find(face, "zone").textContent = zoneWords(instant, zone);
  turn(find(face, "hour"), (Number(here.hour) % 12) * 30 + Number(here.minute) / 2);
  turn(find(face, "minute"), Number(here.minute) * 6);
}

function showReader(box, zone) {
  const table = find(box, "elsewhere");
  const template = find(box, "reader");
  if (!table || !template || !zone) return;
  const face = template.content.firstElementChild.cloneNode(true);
  fillFace(face, new Date(face.querySelector("time").dateTime), zone);
  table.replaceWith(face);
}

const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

function distance(length) {
  const days = Math.floor(length / DAY);
  const hours = Math.floor((length % DAY) / HOUR);
  const minutes = Math.floor((length % HOUR) / MINUTE);
  const told = [[days, "day"], [hours, "hour"], [minutes, "minute"]];
  const first = told.findIndex(([number]) => number);
  if (first < 0) return ["under a minute", ""];
  const rest = told.slice(first + 1).filter(([number]) => number);
  return [count(...told[first]), rest.map((part) => count(...part)).join(" ")];
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function swapChip(box, name) {
  const template = find(box, `chip-${name}`);
  if (template) find(box, "chip").replaceChildren(template.content.cloneNode(true));
}

function close(box) {
  box.dataset.state = "closed";
  box.dataset.target = box.dataset.closes;
  swapChip(box, "closed");
  write(box.querySelector(".face-deciding .face-label"), "The deadline was");
  write(find(box, "left-label"), "Closed");
  write(find(box, "foot"), "The deadline has passed. What was sent in time is safe.");
  find(box, "action")?.remove();
}

function showLeft(box, at) {
  const { closes, soonHours } = box.dataset;
  const end = Date.parse(closes);
  if (["open", "soon"].includes(box.dataset.state) && at >= end) close(box);
  if (box.dataset.state === "open" && end - at <= soonHours * HOUR) {
    box.dataset.state = "soon";
    swapChip(box, "soon");
  }
  const target = Date.parse(box.dataset.target);
  const over = at >= target;
  const [large, small] = distance(Math.abs(target - at));
  const opened = box.dataset.state === "upcoming" && over;
  write(find(box, "left-large"), opened ? "Now" : over ? `${large} ago` : large);
  write(find(box, "left-small"), opened ? "Reload this page to apply" : over ? "" : small);
  find(box, "left").hidden = false;
}

function announce(at) {
  const running = [...clocks()].filter((box) => ["open", "soon", "closed"].includes(box.dataset.state));
  const crossed = (box, before) => {
    const mark = Date.parse(box.dataset.closes) - before;
    return previous !== null && previous < mark && at >= mark;
  };
  const told = [[0, "The deadline has passed."], [10 * MINUTE, "10 minutes left."], [HOUR, "One hour left."]];
  const news = told.find(([before]) => running.some((box) => crossed(box, before)));
  if (news) write(document.querySelector("[data-announce]"), news[1]);
  previous = at;
}

function shortTime(at, zone) {
  const told = parts(new Date(at), zone, "short");
  const clock = `${told.hour}:${told.minute}\u00a0${told.dayPeriod}`;
  return `${clock}, ${told.weekday.slice(0, 3)}, ${told.month.slice(0, 3)}\u00a0${told.day}`;
}

function showStrip(at, zone) {
  const strip = document.querySelector("[data-strip]");
  if (!strip) return;
  write(find(strip, "strip-hawaii"), shortTime(at, HST));
  find(strip, "strip-here").hidden = !zone || zone === HST;
  if (zone) {
    write(find(strip, "strip-place"), `For you, in ${cityOf(zone)},`);
    write(find(strip, "strip-time"), shortTime(at, zone));
  }
  strip.hidden = false;
}

function refresh() {
  const at = now();
  showStrip(at, readerZone());
  clocks().forEach((box) => showLeft(box, at));
  announce(at);
}

function tick() {
  refresh();
  setTimeout(tick, MINUTE - (now() % MINUTE) + 20);
}

async function wake() {
  if (document.visibilityState !== "visible") return;
  if (Math.abs(Date.now() - askedAt) > STALE) await ask();
  refresh();
}

function remember(zone) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = zone ? YEAR : 0;
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

for (const picker of document.querySelectorAll("[data-zone-picker]")) {
  picker.addEventListener("submit", () => remember(picker.elements.zone.value));
}

const zone = readerZone();
document.querySelectorAll("[data-own-zone]").forEach((field) => { field.value = zone ?? ""; });
document.querySelectorAll(".clocks").forEach((box) => showReader(box, zone));
if (await ask()) {
  tick();
  document.addEventListener("visibilitychange", wake);
}
