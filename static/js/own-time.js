// Adds the reader's own clock to a table of one instant. The server knows only a zone that was chosen.

const chosen = /(?:^|; )zone=([^;]+)/.exec(document.cookie)?.[1];
const zone = (chosen && decodeURIComponent(chosen)) || Intl.DateTimeFormat().resolvedOptions().timeZone;

const japanese = document.documentElement.lang === "ja";

function words(instant) {
  const format = new Intl.DateTimeFormat(japanese ? "ja-JP" : "en-US", {
    timeZone: zone, weekday: "long", year: "numeric", month: "long", day: "numeric",
    hour: "numeric", minute: "2-digit", timeZoneName: japanese ? "long" : "short",
  });
  return format.format(new Date(instant));
}

for (const row of document.querySelectorAll("[data-own-time]")) {
  try {
    row.querySelector("td").textContent = words(row.dataset.instant);
    if (!japanese) row.querySelector("th").append(` (${zone.split("/").pop().replaceAll("_", " ")})`);
    for (const other of row.parentElement.querySelectorAll("[data-elsewhere]")) other.remove();
    row.hidden = false;
  } catch {
    // a zone this browser does not know: the table stays as the server wrote it
  }
}
