// Remembers the zone chosen in a picker, so that other pages show their times in it.

const YEAR = 31536000;

function remember(zone) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = zone ? YEAR : 0;
  document.cookie = `zone=${encodeURIComponent(zone)}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

for (const picker of document.querySelectorAll("[data-zone-picker]")) {
  picker.addEventListener("submit", () => remember(picker.elements.zone.value));
}
