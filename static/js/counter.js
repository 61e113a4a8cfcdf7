// Says how much room is left from 80 % on. Counts as the server does: code points, and words
// between white space. Nothing is cut.

const FROM = 0.8;
const PAUSE = 600;
const GAPS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

const words = (text) => text.split(GAPS).filter(Boolean).length;
const EDGES = new RegExp(`^${GAPS.source}|${GAPS.source}$`, "gu");
const characters = (text) => Array.from(text.replace(EDGES, "")).length;

function report(used, limit, unit) {
  if (!limit || used < limit * FROM) return "";
  const many = Math.abs(limit - used);
  const name = many === 1 ? unit : `${unit}s`;
  return used > limit ? `${many} ${name} over the limit; all is kept` : `${many} ${name} left`;
}

function watch(field) {
  const line = document.createElement("p");
  line.className = "counter";
  line.id = `${field.id}_counter`;
  line.setAttribute("role", "status");
  field.after(line);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  const { maxWords, maxCharacters } = field.dataset;
  const show = () => {
    const counts = [
      [words(field.value), Number(maxWords), "word"],
      [characters(field.value), Number(maxCharacters), "character"],
    ];
    line.textContent = counts.map((count) => report(...count)).filter(Boolean).join(". ");
    line.toggleAttribute("data-over", counts.some(([used, limit]) => limit && used > limit));
  };
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  field.addEventListener("blur", show);
  show();
}

document.querySelectorAll("[data-max-words], [data-max-characters]").forEach(watch);
